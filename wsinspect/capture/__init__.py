"""The capture process: sources that own sockets and hand every byte to the recorder."""
