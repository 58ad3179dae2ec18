"""Columns that nearly repeat each other: their coefficients are hard to tell apart."""

import numpy as np

NEARLY = 900  # of S'S: 30^2, where Belsley, Kuh and Welsch (1980) call it strong


def near_repeats(root, limit=NEARLY):
    """Return (condition number of S'S, columns that nearly repeat each other).

    root: (d, d), R^-1 of standardised columns S = Q R, as LeastSquares keeps it. With
    R^-1 = U diag(g) W', the coefficients have the covariance sigma^2 U diag(g^2) U',
    and column j has the share U_jk^2 g_k^2 / sum_k of its variance from direction k.
    Named are columns that get more than half from directions that S hardly has:
    g_k^2 / g_min^2 above the limit (Belsley, Kuh and Welsch, Regression Diagnostics,
    1980, chapter 3). No column where there is no such direction.
    """
    U, g, _ = np.linalg.svd(root)
    ratios = (g / g[-1]) ** 2
    parts = (U * g) ** 2
    weak = parts[:, ratios > limit].sum(axis=1) / parts.sum(axis=1)
    return float(ratios[0]), [int(j) for j in np.flatnonzero(weak > 0.5)]
