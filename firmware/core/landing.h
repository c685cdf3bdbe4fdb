/* The board as a second master: it leads the greeter's legs to rest when the host is gone.
 *
 * The host leaves the pose in which the present step ends in `landing_goal` and `landing_time`. If no
 * new command comes for `landing_delay`, the board tells the legs that pose with a time-based
 * profile (the servos make the way by themselves), keeps their bus watchdogs from biting until they
 * are there, and falls silent. It begins on a bus that was silent for 10 ms; whoever else speaks takes the lead.
 * Source: ROBOTIS e-manual, X series, "Drive Mode", "Profile Velocity(112)", "Bus Watchdog(98)".
 */
#ifndef LANDING_H
#define LANDING_H

#include <stdint.h>

#include "bus.h"
#include "sensors.h"

enum { LANDING_PING_MS = 20, LANDING_SETTLE_MS = 100, LANDING_TOLD = 3,
       LANDING_QUIET = 2 /* steps without a byte before it begins */ };

typedef struct {
    uint8_t phase;       /* 0 the host leads, 1 the board, 2 over until a new command */
    uint8_t told;        /* so often the pose was told */
    uint16_t sequence;   /* of the last command */
    uint16_t instructions; /* heard on the bus, when the board took the lead */
    uint16_t passed_ms, pinged_ms;
    uint32_t heard; /* when the last byte came, at the step before */
    uint8_t quiet;  /* steps since then */
} landing;

/* Once a step of SENSORS_STEP_MS, after sensors_step. */
void landing_step(landing *self, const sensors *board, bus *line);

#endif
