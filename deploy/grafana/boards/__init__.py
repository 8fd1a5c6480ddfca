"""Grafana's dashboards as code: `python -m deploy.grafana.boards --help`."""
