"""What a person would really come to, and why: learned scores, events, reasons, diversity.

Everything here works on arrays (CSR matrices and positions), so that the web pages and the scored
tasks call the very same functions; ids, names and visibility are put on at the edge, before and
after.
"""
