"""Judging: question sets, measures, runs, comparison, tuning, reports and a pytest plugin."""
