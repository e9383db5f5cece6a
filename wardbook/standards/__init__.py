"""Interfaces for other software, each as its standard says."""
