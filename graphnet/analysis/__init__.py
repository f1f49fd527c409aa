"""The public interface for Python: what `import graphnet` offers to analysts and notebooks.

It is wired of the engine's rooms as commands and pages are, and adds no rule of its own about who
sees whom. Everything public is named in ``graphnet.__all__``.
"""
