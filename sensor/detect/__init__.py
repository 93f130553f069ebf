"""Records to alerts, pure: Sigma rules, lists, sums over time, the practice's policy. Opens nothing: rules, lists and policy
are loaded by the command and passed in.
"""
