/* The greeter's sensor board: rates, accelerations, feet and battery on four ids. No hardware. */
#ifndef SENSORS_H
#define SENSORS_H

#include <stdint.h>

#include "registers.h"
#include "sensor_table.h"

enum { SENSORS_STEP_MS = 5 };

typedef struct {
    int16_t gyro[3];         /* as in the table */
    int16_t acceleration[3];
    int16_t foot[2][4];      /* left, right: front-left, front-right, rear-left, rear-right */
    uint16_t battery_voltage, battery_charge;
    uint16_t status;         /* bits that the hardware sets */
} sensors_in;

typedef struct {
    union {
        sensor_page_0 rates;
        sensor_page_1 forces;
        sensor_page_2 left;
        sensor_page_3 right;
        uint8_t bytes[sizeof(sensor_page_0)];
    } page[SENSOR_PAGES];
    registers registers[SENSOR_PAGES];
    sensors_in in;
    uint32_t age_ms;
    uint16_t sequence;
} sensors;

void sensors_start(sensors *self);
void sensors_step(sensors *self);

#endif
