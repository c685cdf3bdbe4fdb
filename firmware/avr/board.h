/* What both boards have on an ATmega2560 (Arduino Mega 2560): bus, clock, SPI, ADC, IMU, EEPROM. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#include "bus.h"

enum { SPI_ENCODERS = 0, SPI_IMU = 5 }; /* chip selects on port A: pins 22 to 26, and 27 */

void board_start(bus *self);

/* Microseconds since the start; wraps after 71 minutes. */
uint32_t board_now(void);

/* Serve the bus until `due`, then return; feeds the watchdog timer. */
void board_serve(bus *self, uint32_t due);

/* The last reading of an analogue input, 0 to 1023; a conversion starts with each call of _next. */
uint16_t board_analogue(uint8_t channel);
void board_analogue_next(uint8_t channels);

void board_select(uint8_t chip);
uint8_t board_spi(uint8_t byte);
void board_release(uint8_t chip);

/* Return whether the IMU answers; set it up. */
uint8_t imu_start(void);
/* Read rates [0.001 rad/s] and accelerations [0.005 m/s²]; return whether they can be believed. */
uint8_t imu_read(int16_t gyro[3], int16_t acceleration[3]);

/* Settings that last: read them at the start, keep them when they were written. */
void board_recall(registers *table);
void board_keep(registers *table);

#endif
