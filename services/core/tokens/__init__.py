"""JSON Web Tokens: reading those of desk clients and of the officers' issuer, signing our own."""
