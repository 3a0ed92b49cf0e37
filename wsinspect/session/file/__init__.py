"""The session as a file: its tables, opening one whoever wrote it, and the folder of them."""
