"""The list of messages: which rows it holds, how a line of it looks, and what is said of it."""
