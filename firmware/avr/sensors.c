/* The greeter's sensor board on an ATmega2560; the wiring is in firmware/README.md. */
#include "../core/landing.h"
#include "../core/sensors.h"

#include "board.h"
#include "common_table.h"

enum { CELLS = 4, BATTERY = 8, CHANNELS = 9 };

static sensors board;
static bus line;
static landing lead;
static uint8_t is_to_keep;

/* Load cells with amplifiers: 0 to 5 V are 0 to 250 N, in counts of 0.25 N. */
static void sense(sensors_in *in) {
    board_analogue_next(CHANNELS);
    for (uint8_t k = 0; k < CELLS; k++) {
        in->foot[0][k] = (int16_t)((uint32_t)board_analogue(k) * 1000 / 1023);
        in->foot[1][k] = (int16_t)((uint32_t)board_analogue(CELLS + k) * 1000 / 1023);
    }
    in->battery_voltage = (uint16_t)((uint32_t)board_analogue(BATTERY) * 35000 / 1023);
    uint16_t over = in->battery_voltage > 21000 ? in->battery_voltage - 21000 : 0;
    in->battery_charge = over > 4200 ? 50000 : (uint16_t)((uint32_t)over * 50000 / 4200);
    in->status = imu_read(in->gyro, in->acceleration) ? 0 : BIT_IMU_FAILED;
    if (in->battery_voltage < 21500) in->status |= BIT_SUPPLY_LOW;
}

static void (*obey)(void *owner, uint16_t address, uint16_t length);

static void written(void *owner, uint16_t address, uint16_t length) {
    obey(owner, address, length);
    is_to_keep |= address < COMMON_TORQUE_ENABLE;
}

int main(void) {
    registers *page[SENSOR_PAGES];
    sensors_start(&board);
    board_recall(&board.registers[0]);
    for (uint8_t k = 0; k < SENSOR_PAGES; k++) page[k] = &board.registers[k];
    obey = page[0]->written;
    page[0]->written = written;
    bus_start(&line, page, SENSOR_PAGES, 10);
    board_start(&line);
    imu_start();
    for (uint32_t due = board_now();; due += 1000uL * SENSORS_STEP_MS) {
        sense(&board.in);
        sensors_step(&board);
        landing_step(&lead, &board, &line);
        board_serve(&line, due);
        if (is_to_keep && !board.registers[0].is_armed) {
            board_keep(&board.registers[0]);
            is_to_keep = 0;
        }
    }
}
