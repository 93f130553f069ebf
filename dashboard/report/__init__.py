"""The monthly report: a page the doctor reads, a file the DPO keeps. Called by `vigie report`.

  stores ──► gather ──► Facts ──► figures, sections ──► Report ──► files: PDF (typst), CSV, JSON
             SQL        frozen    what they come to     words

`Report` holds finished sentences and tables in one language; page.typ only lays them out. The same data give the same bytes: no
hour of making is in it.
"""
