/* Made by firmware/make_tables.py from robotics/wire/boards.py: do not edit. */
#ifndef SENSOR_TABLE_H
#define SENSOR_TABLE_H

#include <stdint.h>

#include "registers.h"

enum {
    SENSOR_MODEL = 21249,
    SENSOR_PAGES = 4,
    LANDING_LEGS = 12,
    SERVO_PROFILE_AT = 108,
    BIT_LEFT_FOOT_FAILED = 256,
    BIT_RIGHT_FOOT_FAILED = 512,
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
    uint8_t landing_servo; /* 72: first id of the legs */
    uint8_t landing_delay; /* 73: 0.001 s without a new command until the legs are led */
    uint8_t unused_4[24];
    int8_t bus_watchdog; /* 98: 0.02 s since the last new command until a stop; 0: off; reads -1 once it tripped */
    uint8_t unused_5[17];
    uint16_t command_sequence; /* 116: another number with each new command; 118 and 119 are not used */
    uint8_t unused_6[8];
    int16_t gyro[3]; /* 126: 0.001 rad/s */
    uint16_t status; /* 132: bits */
    uint16_t sample; /* 134: counts the readings of the IMU, wraps */
    uint16_t landing_time; /* 136: 0.001 s; 0: nothing to be done */
    uint16_t landing_goal[12]; /* 138: goal_position */
} sensor_page_0;
_Static_assert(sizeof(sensor_page_0) == 162, "as the host has it");

#define SENSOR_ROWS_0 \
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
    {72, 1, WRITABLE | LASTING, 1, 240}, \
    {73, 1, WRITABLE | LASTING, 20, 250}, \
    {98, 1, WRITABLE, 0, 127}, \
    {116, 2, WRITABLE, 0, 65535}, \
    {126, 2, READ_ONLY, -32768, 32767}, \
    {128, 2, READ_ONLY, -32768, 32767}, \
    {130, 2, READ_ONLY, -32768, 32767}, \
    {132, 2, READ_ONLY, 0, 65535}, \
    {134, 2, READ_ONLY, 0, 65535}, \
    {136, 2, WRITABLE, 0, 2000}, \
    {138, 2, WRITABLE, 0, 4095}, \
    {140, 2, WRITABLE, 0, 4095}, \
    {142, 2, WRITABLE, 0, 4095}, \
    {144, 2, WRITABLE, 0, 4095}, \
    {146, 2, WRITABLE, 0, 4095}, \
    {148, 2, WRITABLE, 0, 4095}, \
    {150, 2, WRITABLE, 0, 4095}, \
    {152, 2, WRITABLE, 0, 4095}, \
    {154, 2, WRITABLE, 0, 4095}, \
    {156, 2, WRITABLE, 0, 4095}, \
    {158, 2, WRITABLE, 0, 4095}, \
    {160, 2, WRITABLE, 0, 4095},

#define SENSOR_INITIAL_0 {.model_number = 21249, .firmware_version = 1, .id = 200, .baud_rate = 3, .status_return_level = 2, .landing_servo = 11, .landing_delay = 60}

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
    uint8_t unused_3[27];
    int8_t bus_watchdog; /* 98: 0.02 s since the last new command until a stop; 0: off; reads -1 once it tripped */
    uint8_t unused_4[17];
    uint16_t command_sequence; /* 116: another number with each new command; 118 and 119 are not used */
    uint8_t unused_5[8];
    int16_t acceleration[3]; /* 126: 0.005 m/s², +g on z at rest */
    uint16_t battery_voltage; /* 132: 0.001 V */
    uint16_t battery_charge; /* 134: 2e-05 0–1 */
} sensor_page_1;
_Static_assert(sizeof(sensor_page_1) == 136, "as the host has it");

#define SENSOR_ROWS_1 \
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
    {98, 1, WRITABLE, 0, 127}, \
    {116, 2, WRITABLE, 0, 65535}, \
    {126, 2, READ_ONLY, -32768, 32767}, \
    {128, 2, READ_ONLY, -32768, 32767}, \
    {130, 2, READ_ONLY, -32768, 32767}, \
    {132, 2, READ_ONLY, 0, 65535}, \
    {134, 2, READ_ONLY, 0, 65535},

#define SENSOR_INITIAL_1 {.model_number = 21249, .firmware_version = 1, .id = 201, .baud_rate = 3, .status_return_level = 2, .battery_voltage = 24000, .battery_charge = 50000}

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
    uint8_t unused_3[27];
    int8_t bus_watchdog; /* 98: 0.02 s since the last new command until a stop; 0: off; reads -1 once it tripped */
    uint8_t unused_4[17];
    uint16_t command_sequence; /* 116: another number with each new command; 118 and 119 are not used */
    uint8_t unused_5[8];
    int16_t left[4]; /* 126: 0.25 N, upwards */
    uint16_t left_sample; /* 134: counts the readings, wraps */
} sensor_page_2;
_Static_assert(sizeof(sensor_page_2) == 136, "as the host has it");

#define SENSOR_ROWS_2 \
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
    {98, 1, WRITABLE, 0, 127}, \
    {116, 2, WRITABLE, 0, 65535}, \
    {126, 2, READ_ONLY, -32768, 32767}, \
    {128, 2, READ_ONLY, -32768, 32767}, \
    {130, 2, READ_ONLY, -32768, 32767}, \
    {132, 2, READ_ONLY, -32768, 32767}, \
    {134, 2, READ_ONLY, 0, 65535},

#define SENSOR_INITIAL_2 {.model_number = 21249, .firmware_version = 1, .id = 202, .baud_rate = 3, .status_return_level = 2}

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
    uint8_t unused_3[27];
    int8_t bus_watchdog; /* 98: 0.02 s since the last new command until a stop; 0: off; reads -1 once it tripped */
    uint8_t unused_4[17];
    uint16_t command_sequence; /* 116: another number with each new command; 118 and 119 are not used */
    uint8_t unused_5[8];
    int16_t right[4]; /* 126: 0.25 N, upwards */
    uint16_t right_sample; /* 134: counts the readings, wraps */
} sensor_page_3;
_Static_assert(sizeof(sensor_page_3) == 136, "as the host has it");

#define SENSOR_ROWS_3 \
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
    {98, 1, WRITABLE, 0, 127}, \
    {116, 2, WRITABLE, 0, 65535}, \
    {126, 2, READ_ONLY, -32768, 32767}, \
    {128, 2, READ_ONLY, -32768, 32767}, \
    {130, 2, READ_ONLY, -32768, 32767}, \
    {132, 2, READ_ONLY, -32768, 32767}, \
    {134, 2, READ_ONLY, 0, 65535},

#define SENSOR_INITIAL_3 {.model_number = 21249, .firmware_version = 1, .id = 203, .baud_rate = 3, .status_return_level = 2}

#endif
