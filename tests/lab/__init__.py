"""The lab: a medical practice made of real programs, in network namespaces of its own. See `run`."""
