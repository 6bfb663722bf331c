"""Makes a cell of CSV harmless to spreadsheets, which run text that begins like a formula."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def escape_formula(value: object) -> str:
    """`value` as text; with an apostrophe before it when a spreadsheet could take it for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text
