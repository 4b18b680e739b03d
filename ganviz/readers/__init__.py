"""Readers of files that may lie: tables and pictures, parsed in a process of their own with limits."""
