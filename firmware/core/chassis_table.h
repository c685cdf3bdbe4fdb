/* Made by firmware/make_tables.py from robotics/wire/boards.py: do not edit. */
#ifndef CHASSIS_TABLE_H
#define CHASSIS_TABLE_H

#include <stdint.h>

#include "registers.h"

enum {
    CHASSIS_MODEL = 21250,
    CHASSIS_DRIVES = 5,
    CHASSIS_COMMAND_AT = 100,
    CHASSIS_COMMAND_END = 140,
    CHASSIS_STOP_RESET_AT = 99,
    CHASSIS_RESET_KEY = 82,
    BIT_BUMPER_FRONT = 256,
    BIT_BUMPER_REAR = 512,
    BIT_CLIFF_LEFT = 1024,
    BIT_CLIFF_RIGHT = 2048,
    BIT_DRIVE_FAILED = 4096,
    BIT_STOPPED = 8192,
};

typedef struct __attribute__((packed)) {
    uint16_t model_number; /* 0 */
    uint32_t model_information; /* 2 */
    uint8_t firmware_version; /* 6 */
    uint8_t id; /* 7 */
    uint8_t baud_rate; /* 8 */
    uint8_t return_delay; /* 9: 2e-06 s */
    uint8_t unused_0[54];
    uint8_t torque_enable; /* 64: 1: drives and tools may work */
    uint8_t led; /* 65 */
    uint8_t unused_1[2];
    uint8_t status_return_level; /* 68 */
    uint8_t unused_2[1];
    uint8_t hardware_error; /* 70: bits */
    uint8_t unused_3[1];
    uint16_t ramp_wheel; /* 72: 0.01 rad/s², of speed goals */
    uint16_t ramp_side; /* 74: 0.01 rad/s², side brushes */
    uint16_t ramp_roller; /* 76: 0.01 rad/s² */
    uint16_t ramp_stop; /* 78: 0.01 rad/s², wheels, in a stop */
    uint16_t speed_limit; /* 80: 0.01 rad/s, wheels */
    uint8_t bumper_stops; /* 82: 1: a bumper latches a stop */
    uint8_t cliff_stops; /* 83: 1: a cliff latches a stop */
    uint8_t unused_4[14];
    int8_t bus_watchdog; /* 98: 0.02 s since the last new command until a stop; 0: off; reads -1 once it tripped */
    uint8_t stop_reset; /* 99: 0x52 ends a latched stop, if speed goals are zero */
    uint16_t command_sequence; /* 100: another number with each new command */
    uint8_t bin_tip; /* 102: 1: tip the bin; only at standstill */
    uint8_t lights; /* 103: bits: 0 beacon, 1 horn */
    int32_t goal[5]; /* 104: 0.001 rad/s */
    uint16_t limit[5]; /* 124: 0.001 of the stall torque */
    uint16_t brush; /* 134: 0.0001 0–1, for the record */
    uint16_t spray; /* 136: 0.0001 0–1 */
    uint16_t fan; /* 138: 0.0001 0–1 */
    uint8_t unused_5[20];
    uint16_t sequence_taken; /* 160: command_sequence that is obeyed now */
    uint16_t command_age; /* 162: 0.001 s, since that came */
    uint16_t status; /* 164: bits */
    uint16_t sample; /* 166: counts the readings, wraps */
    int32_t position[5]; /* 168: 0.00153398 rad, wraps */
    int32_t speed[5]; /* 188: 0.001 rad/s */
    int16_t effort[5]; /* 208: 0.001 of the stall torque */
    int16_t gyro[3]; /* 218: 0.001 rad/s */
    int16_t acceleration[3]; /* 224: 0.005 m/s², +g on z at rest */
    uint16_t battery_voltage; /* 230: 0.001 V */
    uint16_t battery_charge; /* 232: 2e-05 0–1 */
    uint16_t water; /* 234: 2e-05 0–1, of the tank */
    uint16_t bin; /* 236: 2e-05 0–1 */
    uint16_t dust; /* 238: 0.001 mg/m³ */
    uint16_t wetness; /* 240: 2e-05 0 dry, 1 wet */
    int16_t temperature; /* 242: 0.01 °C */
    uint16_t rain; /* 244: 0.01 mm/h */
} chassis_table;
_Static_assert(sizeof(chassis_table) == 246, "as the host has it");

#define CHASSIS_ROWS \
    {0, 2, READ_ONLY, 0, 65535}, \
    {2, 4, READ_ONLY, 0, 2147483647}, \
    {6, 1, READ_ONLY, 0, 255}, \
    {7, 1, WRITABLE | LASTING, 1, 249}, \
    {8, 1, WRITABLE | LASTING, 2, 6}, \
    {9, 1, WRITABLE | LASTING, 0, 254}, \
    {64, 1, WRITABLE, 0, 1}, \
    {65, 1, WRITABLE, 0, 1}, \
    {68, 1, WRITABLE, 0, 2}, \
    {70, 1, READ_ONLY, 0, 255}, \
    {72, 2, WRITABLE | LASTING, 0, 65535}, \
    {74, 2, WRITABLE | LASTING, 0, 65535}, \
    {76, 2, WRITABLE | LASTING, 0, 65535}, \
    {78, 2, WRITABLE | LASTING, 0, 65535}, \
    {80, 2, WRITABLE | LASTING, 0, 65535}, \
    {82, 1, WRITABLE | LASTING, 0, 1}, \
    {83, 1, WRITABLE | LASTING, 0, 1}, \
    {98, 1, WRITABLE, 0, 127}, \
    {99, 1, WRITABLE, 0, 255}, \
    {100, 2, WRITABLE, 0, 65535}, \
    {102, 1, WRITABLE, 0, 1}, \
    {103, 1, WRITABLE, 0, 255}, \
    {104, 4, WRITABLE, (-2147483647 - 1), 2147483647}, \
    {108, 4, WRITABLE, (-2147483647 - 1), 2147483647}, \
    {112, 4, WRITABLE, (-2147483647 - 1), 2147483647}, \
    {116, 4, WRITABLE, (-2147483647 - 1), 2147483647}, \
    {120, 4, WRITABLE, (-2147483647 - 1), 2147483647}, \
    {124, 2, WRITABLE, 0, 1000}, \
    {126, 2, WRITABLE, 0, 1000}, \
    {128, 2, WRITABLE, 0, 1000}, \
    {130, 2, WRITABLE, 0, 1000}, \
    {132, 2, WRITABLE, 0, 1000}, \
    {134, 2, WRITABLE, 0, 10000}, \
    {136, 2, WRITABLE, 0, 10000}, \
    {138, 2, WRITABLE, 0, 10000}, \
    {160, 2, READ_ONLY, 0, 65535}, \
    {162, 2, READ_ONLY, 0, 65535}, \
    {164, 2, READ_ONLY, 0, 65535}, \
    {166, 2, READ_ONLY, 0, 65535}, \
    {168, 4, READ_ONLY, (-2147483647 - 1), 2147483647}, \
    {172, 4, READ_ONLY, (-2147483647 - 1), 2147483647}, \
    {176, 4, READ_ONLY, (-2147483647 - 1), 2147483647}, \
    {180, 4, READ_ONLY, (-2147483647 - 1), 2147483647}, \
    {184, 4, READ_ONLY, (-2147483647 - 1), 2147483647}, \
    {188, 4, READ_ONLY, (-2147483647 - 1), 2147483647}, \
    {192, 4, READ_ONLY, (-2147483647 - 1), 2147483647}, \
    {196, 4, READ_ONLY, (-2147483647 - 1), 2147483647}, \
    {200, 4, READ_ONLY, (-2147483647 - 1), 2147483647}, \
    {204, 4, READ_ONLY, (-2147483647 - 1), 2147483647}, \
    {208, 2, READ_ONLY, -32768, 32767}, \
    {210, 2, READ_ONLY, -32768, 32767}, \
    {212, 2, READ_ONLY, -32768, 32767}, \
    {214, 2, READ_ONLY, -32768, 32767}, \
    {216, 2, READ_ONLY, -32768, 32767}, \
    {218, 2, READ_ONLY, -32768, 32767}, \
    {220, 2, READ_ONLY, -32768, 32767}, \
    {222, 2, READ_ONLY, -32768, 32767}, \
    {224, 2, READ_ONLY, -32768, 32767}, \
    {226, 2, READ_ONLY, -32768, 32767}, \
    {228, 2, READ_ONLY, -32768, 32767}, \
    {230, 2, READ_ONLY, 0, 65535}, \
    {232, 2, READ_ONLY, 0, 65535}, \
    {234, 2, READ_ONLY, 0, 65535}, \
    {236, 2, READ_ONLY, 0, 65535}, \
    {238, 2, READ_ONLY, 0, 65535}, \
    {240, 2, READ_ONLY, 0, 65535}, \
    {242, 2, READ_ONLY, -32768, 32767}, \
    {244, 2, READ_ONLY, 0, 65535},

#define CHASSIS_INITIAL {.model_number = 21250, .firmware_version = 1, .id = 200, .baud_rate = 3, .status_return_level = 2, .ramp_wheel = 800, .ramp_side = 2000, .ramp_roller = 4000, .ramp_stop = 800, .speed_limit = 1000, .bumper_stops = 1, .cliff_stops = 1, .battery_voltage = 24000, .battery_charge = 50000, .water = 50000, .temperature = 2000}

/* From the URDF [0.001 rad/s]. */
#define CHASSIS_NO_LOAD {10000, 10000, 14000, 14000, 45000}

#endif
