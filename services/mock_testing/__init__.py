"""For those who test against the mocks: typed control clients, and a pytest plugin that starts instances."""
