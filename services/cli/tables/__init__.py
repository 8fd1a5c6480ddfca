"""Tables as desk systems export them: CSV and spreadsheets, with Vietnamese headings and values."""
