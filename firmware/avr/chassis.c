/* The sweeper's chassis board on an ATmega2560; the wiring is in firmware/README.md. */
#include "../core/chassis.h"

#include <avr/io.h>

#include "board.h"
#include "common_table.h"

enum { PWM_TOP = 799 }; /* 20 kHz */
enum { BRAKE = PC5, TIP = PC6, BEACON = PC7, HORN = PG0 };
enum { CHANNELS = 7, BATTERY = 0, WATER, BIN, DUST, WETNESS, TEMPERATURE, RAIN };
enum { COUNTER_READ = 0x60, COUNTER_MODE = 0x88, COUNTER_4X = 0x03 }; /* LS7366R */

static chassis board;
static bus line;
static uint8_t is_to_keep;

/* ------------------------------------------------------------------------------------- sensors */

static int32_t read_counter(uint8_t k) {
    uint32_t count = 0;
    board_select(SPI_ENCODERS + k);
    board_spi(COUNTER_READ);
    for (uint8_t byte = 0; byte < 4; byte++) count = count << 8 | board_spi(0);
    board_release(SPI_ENCODERS + k);
    return (int32_t)count;
}

static void start_counters(void) {
    for (uint8_t k = 0; k < CHASSIS_DRIVES; k++) {
        board_select(SPI_ENCODERS + k);
        board_spi(COUNTER_MODE);
        board_spi(COUNTER_4X);
        board_release(SPI_ENCODERS + k);
    }
}

/* Contacts of port K are closed to ground while all is well: a broken wire reads as pressed. */
static uint16_t read_contacts(void) {
    uint8_t open = PINK;
    uint16_t status = 0;
    if (open & 0x01) status |= BIT_STOP_BUTTON;
    if (open & 0x02) status |= BIT_BUMPER_FRONT;
    if (open & 0x04) status |= BIT_BUMPER_REAR;
    if (open & 0x08) status |= BIT_CLIFF_LEFT;
    if (open & 0x10) status |= BIT_CLIFF_RIGHT;
    if (open & 0x20) status |= BIT_DRIVE_FAILED;
    if (!(open & 0x40)) status |= BIT_CHARGING; /* this one closes when the charger is there */
    return status;
}

static uint16_t scaled(uint8_t channel, uint16_t full) {
    return (uint16_t)((uint32_t)board_analogue(channel) * full / 1023);
}

static void read_levels(chassis_in *in) {
    board_analogue_next(CHANNELS);
    in->battery_voltage = scaled(BATTERY, 35000); /* divider 6:1 */
    uint16_t over = in->battery_voltage > 21000 ? in->battery_voltage - 21000 : 0;
    in->battery_charge = over > 4200 ? 50000 : (uint16_t)((uint32_t)over * 50000 / 4200);
    in->water = scaled(WATER, 50000);
    in->bin = scaled(BIN, 50000);
    in->dust = scaled(DUST, 2000);
    in->wetness = scaled(WETNESS, 50000);
    in->temperature = (int16_t)(scaled(TEMPERATURE, 50000) / 2 - 5000); /* 10 mV/K from -50 °C */
    in->rain = scaled(RAIN, 10000);
}

/* Wheels at each step; brushes and IMU take turns, at 100 Hz each. */
static void sense(chassis_in *in) {
    static uint8_t is_odd;
    static uint16_t imu_failed;
    in->time = board_now();
    uint8_t drives = is_odd ? 2 : CHASSIS_DRIVES;
    for (uint8_t k = 0; k < drives; k++) in->count[k] = read_counter(k);
    if (is_odd) imu_failed = imu_read(in->gyro, in->acceleration) ? 0 : BIT_IMU_FAILED;
    is_odd ^= 1;
    read_levels(in);
    in->status = read_contacts() | imu_failed;
    if (in->battery_voltage < 21500) in->status |= BIT_SUPPLY_LOW;
}

/* ---------------------------------------------------------------------------------- actuators */

static void start_pwm(void) {
    TCCR4A = 1 << COM4A1 | 1 << COM4B1 | 1 << COM4C1 | 1 << WGM41;
    TCCR5A = 1 << COM5A1 | 1 << COM5B1 | 1 << COM5C1 | 1 << WGM51;
    TCCR3A = 1 << COM3A1 | 1 << WGM31;
    TCCR4B = TCCR5B = TCCR3B = 1 << WGM43 | 1 << WGM42 | 1 << CS40;
    ICR4 = ICR5 = ICR3 = PWM_TOP;
    DDRH |= 1 << PH3 | 1 << PH4 | 1 << PH5;
    DDRL |= 1 << PL3 | 1 << PL4 | 1 << PL5;
    DDRE |= 1 << PE3;
    DDRC = 0xFF;
    DDRG |= 1 << HORN;
}

static uint16_t width(int16_t duty) {
    return (uint16_t)((uint32_t)(duty < 0 ? -duty : duty) * (PWM_TOP + 1) / 1000);
}

static void set_pin(volatile uint8_t *port, uint8_t pin, uint8_t is_high) {
    if (is_high) *port |= (uint8_t)(1 << pin);
    else *port &= (uint8_t)~(1 << pin);
}

/* A width of 0 leaves a spike of 1/800 of the supply: far below what turns any of the drives. */
static void act(const chassis_out *out) {
    volatile uint16_t *const compare[CHASSIS_DRIVES] = {&OCR4A, &OCR4B, &OCR5A, &OCR5B, &OCR4C};
    for (uint8_t k = 0; k < CHASSIS_DRIVES; k++) {
        set_pin(&PORTC, k, out->duty[k] < 0);
        *compare[k] = width(out->duty[k]);
    }
    OCR3A = (uint16_t)((uint32_t)out->spray * (PWM_TOP + 1) / 10000);
    OCR5C = (uint16_t)((uint32_t)out->fan * (PWM_TOP + 1) / 10000);
    set_pin(&PORTC, BRAKE, !out->is_braking); /* a magnet holds the brake open: no power, brake on */
    set_pin(&PORTC, TIP, out->bin_tip);
    set_pin(&PORTC, BEACON, out->lights & 1);
    set_pin(&PORTG, HORN, out->lights >> 1 & 1);
}

/* ---------------------------------------------------------------------------------------- main */

static void (*obey)(void *owner, uint16_t address, uint16_t length);

static void written(void *owner, uint16_t address, uint16_t length) {
    obey(owner, address, length);
    is_to_keep |= address < COMMON_TORQUE_ENABLE || (address >= 72 && address < 84);
}

int main(void) {
    registers *page = &board.registers;
    chassis_start(&board);
    board_recall(page);
    bus_start(&line, &page, 1, 10);
    obey = page->written;
    page->written = written;
    PORTK = 0xFF; /* pull-ups */
    start_pwm();
    board_start(&line);
    start_counters();
    imu_start();
    for (uint32_t due = board_now();; due += 1000uL * CHASSIS_STEP_MS) {
        sense(&board.in);
        board_serve(&line, board_now());
        chassis_step(&board);
        act(&board.out);
        board_serve(&line, due);
        if (is_to_keep && !board.registers.is_armed) {
            board_keep(page);
            is_to_keep = 0;
        }
    }
}
