"""Where the bytes are: one port and its adapters. No Django."""
