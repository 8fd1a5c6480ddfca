"""The second generation: bearer token, one address per action, the same store behind it.

One page of a ministry system's documentation is the source; the addresses themselves are not published.
"""
