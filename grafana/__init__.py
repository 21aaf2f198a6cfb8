"""Dashboards as code: `python -m grafana.build` writes the JSON that Grafana loads, one module a dashboard."""
