# SPDX-License-Identifier: MIT
"""Where a point of the British National Grid lies on the globe, to a few metres.

The formulas and figures are those of Ordnance Survey's 'A guide to coordinate systems in Great
Britain', annexes B and C, and its seven-parameter Helmert transformation. The real API uses
OSTN15, which is exact.
"""

import math

__all__ = ["to_wgs84"]

# Airy 1830 and the projection of the National Grid (guide, annex A).
_A, _B = 6_377_563.396, 6_356_256.909
_F0 = 0.9996012717
_LAT0, _LNG0 = math.radians(49), math.radians(-2)
_E0, _N0 = 400_000.0, -100_000.0
# WGS84 ellipsoid.
_A2, _B2 = 6_378_137.0, 6_356_752.314_245
# OSGB36 to WGS84: metres, parts per million as a factor, seconds of arc.
_SHIFT = (446.448, -125.157, 542.060)
_SCALE = -20.4894e-6
_TURN = (0.1502, 0.2470, 0.8421)
_STEPS = 8


def to_wgs84(easting: float, northing: float) -> tuple[float, float]:
    """Turn a grid reference into longitude and latitude.

    Args:
        easting: metres east of the grid's origin.
        northing: metres north of it.

    Returns:
        Longitude and latitude in degrees, within about 5 m of the exact ones.
    """
    lng, lat = _unproject(easting, northing)
    return _shifted(lng, lat)


def _unproject(easting: float, northing: float) -> tuple[float, float]:
    e2 = 1 - (_B / _A) ** 2
    lat = _LAT0 + (northing - _N0) / (_A * _F0)
    for _ in range(_STEPS):
        lat += (northing - _N0 - _meridian(lat)) / (_A * _F0)
    sin, tan, sec = math.sin(lat), math.tan(lat), 1 / math.cos(lat)
    nu = _A * _F0 / math.sqrt(1 - e2 * sin**2)
    rho = _A * _F0 * (1 - e2) / (1 - e2 * sin**2) ** 1.5
    eta2 = nu / rho - 1
    x = easting - _E0
    seven = tan / (2 * rho * nu)
    eight = tan / (24 * rho * nu**3) * (5 + 3 * tan**2 + eta2 - 9 * tan**2 * eta2)
    nine = tan / (720 * rho * nu**5) * (61 + 90 * tan**2 + 45 * tan**4)
    ten = sec / nu
    eleven = sec / (6 * nu**3) * (nu / rho + 2 * tan**2)
    twelve = sec / (120 * nu**5) * (5 + 28 * tan**2 + 24 * tan**4)
    latitude = lat - seven * x**2 + eight * x**4 - nine * x**6
    return _LNG0 + ten * x - eleven * x**3 + twelve * x**5, latitude


def _meridian(lat: float) -> float:
    n = (_A - _B) / (_A + _B)
    d, s = lat - _LAT0, lat + _LAT0
    return (
        _B
        * _F0
        * (
            (1 + n + 1.25 * n**2 + 1.25 * n**3) * d
            - (3 * n + 3 * n**2 + 2.625 * n**3) * math.sin(d) * math.cos(s)
            + (1.875 * n**2 + 1.875 * n**3) * math.sin(2 * d) * math.cos(2 * s)
            - 35 / 24 * n**3 * math.sin(3 * d) * math.cos(3 * s)
        )
    )


def _shifted(lng: float, lat: float) -> tuple[float, float]:
    e2 = 1 - (_B / _A) ** 2
    nu = _A / math.sqrt(1 - e2 * math.sin(lat) ** 2)
    x = nu * math.cos(lat) * math.cos(lng)
    y = nu * math.cos(lat) * math.sin(lng)
    z = nu * (1 - e2) * math.sin(lat)
    rx, ry, rz = (math.radians(each / 3600) for each in _TURN)
    one = 1 + _SCALE
    x2 = _SHIFT[0] + one * x - rz * y + ry * z
    y2 = _SHIFT[1] + rz * x + one * y - rx * z
    z2 = _SHIFT[2] - ry * x + rx * y + one * z
    e2 = 1 - (_B2 / _A2) ** 2
    p = math.hypot(x2, y2)
    found = math.atan2(z2, p * (1 - e2))
    for _ in range(_STEPS):
        nu = _A2 / math.sqrt(1 - e2 * math.sin(found) ** 2)
        found = math.atan2(z2 + e2 * nu * math.sin(found), p)
    return math.degrees(math.atan2(y2, x2)), math.degrees(found)
