from tests.influxd.fixtures import influxd

__all__ = ["influxd"]
