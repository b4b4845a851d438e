"""How high a plume rises over its stack: the final rise of Briggs, with stack-tip downwash.

Source: US EPA, *User's Guide for the Industrial Source Complex (ISC3) Dispersion Models*, volume II,
EPA-454/B-95-003b (1995), section 1.1.4. All of the rise is taken at once; its growth over the first kilometre or two,
buoyancy-induced spread and buildings are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

GRAVITY_M_S2: Final = 9.80616
STABLE_GRADIENT_K_M: Final = {"E": 0.020, "F": 0.035}
"""∂θ/∂z that ISC3 assumes in the two stable classes."""
LARGE_BUOYANCY_M4_S3: Final = 55.0


@dataclass(frozen=True)
class Stack:
    """A stack whose gas is known. Height and inner diameter in m, all values positive."""

    height_m: float
    diameter_m: float
    exit_velocity_m_s: float
    exit_temperature_k: float

    def buoyancy_flux_m4_s3(self, ambient_temperature_k: float) -> float:
        """F = g v d² (T_s − T_a) / (4 T_s); negative for gas colder than the air."""
        excess = (self.exit_temperature_k - ambient_temperature_k) / self.exit_temperature_k
        return GRAVITY_M_S2 * self.exit_velocity_m_s * self.diameter_m**2 * excess / 4

    def momentum_flux_m4_s2(self, ambient_temperature_k: float) -> float:
        """F_m = v² d² T_a / (4 T_s)."""
        return (self.exit_velocity_m_s * self.diameter_m) ** 2 * ambient_temperature_k / (4 * self.exit_temperature_k)


def effective_height_m(
    stack: Stack, wind_speed_m_s: npt.ArrayLike, stability: str, ambient_temperature_k: float
) -> FloatArray:
    """Height of the plume's axis after its final rise, of the shape of ``wind_speed_m_s`` (at the stack's top, > 0).

    A plume rises by its buoyancy where its temperature excess is above the crossover, else by its momentum.
    """
    speed = np.asarray(wind_speed_m_s, dtype=np.float64)
    gradient = STABLE_GRADIENT_K_M.get(stability)
    if gradient is None:
        rise_m = _neutral_rise_m(stack, speed, ambient_temperature_k)
    else:
        rise_m = _stable_rise_m(stack, speed, ambient_temperature_k, gradient)
    return np.asarray(_after_downwash_m(stack, speed) + rise_m)


def _after_downwash_m(stack: Stack, speed: FloatArray) -> FloatArray:
    """Height of the stack less what the wake of its tip draws down: 2 d (1.5 − v/u) where v < 1.5 u."""
    drawn_m = 2 * stack.diameter_m * np.maximum(1.5 - stack.exit_velocity_m_s / speed, 0.0)
    return np.asarray(np.maximum(stack.height_m - drawn_m, 0.0))


def _neutral_rise_m(stack: Stack, speed: FloatArray, ambient_temperature_k: float) -> FloatArray:
    """Unstable and neutral air: 21.425 F^(3/4) / u or 38.71 F^(3/5) / u by buoyancy, else 3 d v / u."""
    velocity, diameter, temperature = stack.exit_velocity_m_s, stack.diameter_m, stack.exit_temperature_k
    flux = stack.buoyancy_flux_m4_s3(ambient_temperature_k)
    if flux < LARGE_BUOYANCY_M4_S3:
        crossover_k = 0.0297 * temperature * velocity ** (1 / 3) / diameter ** (2 / 3)
    else:
        crossover_k = 0.00575 * temperature * velocity ** (2 / 3) / diameter ** (1 / 3)
    if temperature - ambient_temperature_k < crossover_k:
        return np.asarray(3 * diameter * velocity / speed)
    by_buoyancy = 21.425 * flux**0.75 if flux < LARGE_BUOYANCY_M4_S3 else 38.71 * flux**0.6
    return np.asarray(by_buoyancy / speed)


def _stable_rise_m(stack: Stack, speed: FloatArray, ambient_temperature_k: float, gradient: float) -> FloatArray:
    """Stable air: 2.6 (F / (u s))^(1/3) by buoyancy, else the lesser of 1.5 (F_m / (u √s))^(1/3) and 3 d v / u."""
    stability = GRAVITY_M_S2 * gradient / ambient_temperature_k
    crossover_k = 0.019582 * stack.exit_temperature_k * stack.exit_velocity_m_s * np.sqrt(stability)
    if stack.exit_temperature_k - ambient_temperature_k >= crossover_k:
        return np.asarray(2.6 * np.cbrt(stack.buoyancy_flux_m4_s3(ambient_temperature_k) / (speed * stability)))
    by_momentum = 1.5 * np.cbrt(stack.momentum_flux_m4_s2(ambient_temperature_k) / (speed * np.sqrt(stability)))
    return np.asarray(np.minimum(by_momentum, 3 * stack.diameter_m * stack.exit_velocity_m_s / speed))
