"""How far apart two colors are for people who see fewer: Machado, Oliveira and Fernandes (2009), then CIE 1976 L*a*b*."""

import math
import re

SIGHTS = {
    "all colors": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
WHITE = [0.9505, 1.0, 1.089]


def linear(text):
    """`rgb(1, 2, 3)` as light."""
    values = [int(each) / 255 for each in re.findall(r"\d+", text)[:3]]
    return [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in values]


def times(matrix, vector):
    return [sum(factor * value for factor, value in zip(row, vector)) for row in matrix]


def lab(light):
    x, y, z = (f ** (1 / 3) if f > 0.008856 else 7.787 * f + 16 / 116
               for f in (value / white for value, white in zip(times(XYZ, light), WHITE)))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one, other, sight):
    seen = [[min(1, max(0, value)) for value in times(SIGHTS[sight], linear(color))] for color in (one, other)]
    return math.dist(*map(lab, seen))
