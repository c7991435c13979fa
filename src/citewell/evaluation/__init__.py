"""Evaluation: question sets, measures, runs, comparison, tuning, reports and a pytest plugin.

May import everything below it (building, assistant, search, index, corpus); nothing of the web or the command line.
"""
