import { MICROS_PER_SECOND } from "../../../../core/time.ts";

/** What a rollup sums up: an hour of a series, named by where it begins. */
export const MICROS_PER_HOUR = 3_600 * MICROS_PER_SECOND;
