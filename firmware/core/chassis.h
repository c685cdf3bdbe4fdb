/* The sweeper's chassis board: drives, tools, and the stops that need no host. No hardware.
 *
 * The target fills `in`, calls chassis_step about every CHASSIS_STEP_MS and obeys `out`. What depends
 * on time goes by the clock, not by the number of steps: a board that is late stops no later.
 */
#ifndef CHASSIS_H
#define CHASSIS_H

#include <stdint.h>

#include "chassis_table.h"
#include "registers.h"

enum { CHASSIS_STEP_MS = 5, CHASSIS_WINDOW = 8 };

typedef struct {
    uint32_t time;                 /* when this was measured [us], wrapping */
    int32_t count[CHASSIS_DRIVES]; /* encoders, 4096 a turn, wrapping */
    uint16_t status;               /* bits that sensors set: charging, button, bumpers, cliffs, … */
    int16_t gyro[3];               /* as in the table */
    int16_t acceleration[3];
    uint16_t battery_voltage, battery_charge;
    uint16_t water, bin, dust, wetness, rain;
    int16_t temperature;
} chassis_in;

typedef struct {
    int16_t duty[CHASSIS_DRIVES]; /* of the supply, -1000 to 1000 */
    uint8_t is_braking;           /* the parking brake holds the wheels */
    uint8_t bin_tip, lights;
    uint16_t spray, fan;          /* 0 to 10 000 */
} chassis_out;

typedef struct {
    chassis_table table;
    registers registers;
    chassis_in in;
    chassis_out out;

    uint8_t is_stopped;  /* latched */
    uint8_t is_known;    /* a command was taken since the torque came on */
    uint32_t age_us;
    uint32_t stepped;  /* time of the last step [us] */
    uint16_t elapsed;  /* since the one before [0.1 ms] */
    int32_t goal[CHASSIS_DRIVES];     /* of the command that is obeyed [0.001 rad/s] */
    uint16_t limit[CHASSIS_DRIVES];
    int32_t set[CHASSIS_DRIVES];      /* ramped set-point [0.00001 rad/s] */
    int32_t integral[CHASSIS_DRIVES]; /* of the speed controller [1e-6 of the supply] */
    uint8_t is_ramping[CHASSIS_DRIVES];
    int32_t past[CHASSIS_WINDOW][CHASSIS_DRIVES];
    uint32_t past_time[CHASSIS_WINDOW];
    uint8_t past_at;
} chassis;

void chassis_start(chassis *self);
void chassis_step(chassis *self);

#endif
