"""Measures the assistant from outside: cases, metrics, reports and the gate."""
