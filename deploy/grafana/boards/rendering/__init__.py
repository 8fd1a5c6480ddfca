"""Renderings of the dashboards: the same questions put to a running Prometheus, the answers drawn as SVG.

Not screenshots: what Grafana does beside asking is done here in outline only.
"""
