"""The dynamics of self-supply in small steps, as slowly and plainly as possible."""


def slope(r0, r1, r2, s_max, pressure, share):
    return (r2 + (r0 + r1 * pressure) * share) * (s_max - share)


def plain_path(r0, r1, r2, s_max, relax, hysteresis, start, start_at, control, until, steps=4000):
    """Share at one year by the classical Runge-Kutta rule; ``control`` = (start, lift or None, pressure)."""
    share, at = start, start_at
    top = max(s_max, start)
    begins, lift, pressure = control
    ends = [moment for moment in (begins, lift) if moment is not None and start_at < moment < until]
    at_lift = start if lift is not None and lift <= start_at else None
    for stop in [*sorted(ends), until]:
        step = (stop - at) / steps
        pressed = pressure if at >= begins else 0.0
        lifted = lift is not None and at >= lift
        if lifted and at_lift is None:
            at_lift = share

        def change(s, pressed=pressed, lifted=lifted, held=at_lift):
            if lifted:
                return -relax * (s - hysteresis * held)
            return slope(r0, r1, r2, top, pressed, s)

        for _ in range(steps):
            k1 = change(share)
            k2 = change(share + step * k1 / 2)
            k3 = change(share + step * k2 / 2)
            k4 = change(share + step * k3)
            share += step * (k1 + 2 * k2 + 2 * k3 + k4) / 6
        at = stop
    return share
