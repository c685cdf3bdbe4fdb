/* Made by firmware/make_tables.py from robotics/wire/boards.py: do not edit. */
#ifndef COMMON_TABLE_H
#define COMMON_TABLE_H

#include <stdint.h>

#include "registers.h"

enum {
    COMMON_MODEL_NUMBER = 0,
    COMMON_FIRMWARE_VERSION = 6,
    COMMON_ID = 7,
    COMMON_BAUD_RATE = 8,
    COMMON_RETURN_DELAY = 9,
    COMMON_TORQUE_ENABLE = 64,
    COMMON_LED = 65,
    COMMON_STATUS_RETURN_LEVEL = 68,
    COMMON_HARDWARE_ERROR = 70,
    COMMON_BUS_WATCHDOG = 98,
    BIT_CHARGING = 1,
    BIT_STOP_BUTTON = 2,
    BIT_COMMAND_OLD = 4,
    BIT_IMU_FAILED = 8,
    BIT_SUPPLY_LOW = 16,
    WATCHDOG_MS = 20,
};

#endif
