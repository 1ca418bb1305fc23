#!/usr/bin/env python3
"""Prints the literal values of eigen_test, svd_test, angles_test and pca_test: NumPy, SciPy and scikit-learn, and mpmath with 60 digits
where a double is not enough. An oracle that shares no code with Strata.
    python3 make_linalg_reference.py
"""
import mpmath
import numpy as np
import scipy.linalg
from sklearn.decomposition import PCA


def show(name, values):
    print(name, "=", np.array2string(np.asarray(values, dtype=float), separator=", ", floatmode="unique", max_line_width=110))


def largest_positive(columns):
    """Each column times 1 or -1, so that its entry of largest magnitude is positive."""
    leading = np.argmax(np.abs(columns) > np.abs(columns).max(axis=0) * (1 - 1e-10), axis=0)
    return columns * np.sign(columns[leading, np.arange(columns.shape[1])])


# ---------------------------------------------------------------- eigenvalues
A = np.array([[4, 1, -2, 2], [1, 2, 0, 1], [-2, 0, 3, -2], [2, 1, -2, -1]], float)
values, vectors = np.linalg.eigh(A)
show("eigen values", values[::-1])
show("eigen vectors", largest_positive(vectors[:, ::-1]))

mpmath.mp.dps = 60
n = 6
graded = [[(4 if i == j else 1 / (1 + i + j)) * 2.0 ** (-8 * (i + j)) for j in range(n)] for i in range(n)]
exact = mpmath.eigsy(mpmath.matrix(graded), eigvals_only=True)
show("graded eigenvalues", sorted(map(float, exact), reverse=True))

# ---------------------------------------------------------------- singular values
B = np.array([[2, -1, 0], [1, 3, 1], [0, 1, -2], [4, 0, 1]], float)
U, s, Vt = np.linalg.svd(B, full_matrices=False)
V = largest_positive(Vt.T)
show("svd s", s)
show("svd V", V)
show("svd U", B @ V / s)

hilbert = mpmath.matrix([[1.0 / (i + j + 1) for j in range(8)] for i in range(8)])  # as rounded to double
show("hilbert singular values", sorted(map(float, mpmath.svd_r(hilbert, compute_uv=False)), reverse=True))

# ---------------------------------------------------------------- angles between spaces
P = np.array([[1, 0], [2, 1], [0, 3], [-1, 1], [1, 1]], float)
Q = np.array([[1, 2], [1, 0], [1, 1], [0, -1], [3, 1]], float)
show("angles", np.sort(scipy.linalg.subspace_angles(P, Q)))
show("angles to a line", np.sort(scipy.linalg.subspace_angles(P, Q[:, :1])))

# ---------------------------------------------------------------- PCA
X = np.array([[1, 2, 0], [3, 1, 4], [0, 1, 1], [2, 5, 3], [4, 4, 2], [1, 0, 5]], float)
pca = PCA(n_components=2).fit(X)
components = largest_positive(pca.components_.T)
codes = (X - X.mean(axis=0)) @ components
show("pca mean", X.mean(axis=0))
show("pca variances over m", np.linalg.eigvalsh(np.cov(X.T, bias=True))[::-1])
show("pca components", components)
show("pca codes", codes)
show("pca reconstruction", codes @ components.T + X.mean(axis=0))
