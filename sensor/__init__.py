"""Watches and decides. Data flows one way: capture → wire → track → detect → store; `chain` ties the rooms.

Knows nothing of web pages or mail.
"""
