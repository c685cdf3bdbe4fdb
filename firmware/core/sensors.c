#include "sensors.h"

#include "common_table.h"
#include "flash.h"

enum { SEQUENCE_AT = __builtin_offsetof(sensor_page_0, command_sequence) };
enum { PAGE_AT = __builtin_offsetof(sensor_page_0, gyro) };

static const register_row ROWS_0[] FLASH = {SENSOR_ROWS_0};
static const register_row ROWS_1[] FLASH = {SENSOR_ROWS_1};
static const register_row ROWS_2[] FLASH = {SENSOR_ROWS_2};
static const register_row ROWS_3[] FLASH = {SENSOR_ROWS_3};

static uint8_t has_tripped(const sensors *self) { return self->page[0].rates.bus_watchdog < 0; }

static uint8_t hits(uint16_t address, uint16_t length, uint16_t at) {
    return address <= at && at < address + length;
}

static uint8_t refuses(void *owner, uint16_t address, uint16_t length, const uint8_t *data) {
    (void)data;
    return has_tripped(owner) && hits(address, length, SEQUENCE_AT) ? ERROR_RANGE : ERROR_NONE;
}

/* All pages show the same below their ten bytes; the ids follow each other. */
static void share(sensors *self, const uint8_t *from) {
    uint8_t page = 0;
    while (self->page[page].bytes != from) page++;
    uint8_t first = from[COMMON_ID] - page;
    for (uint8_t k = 0; k < SENSOR_PAGES; k++) {
        for (uint16_t at = 0; at < PAGE_AT; at++) self->page[k].bytes[at] = from[at];
        self->page[k].bytes[COMMON_ID] = first + k;
        self->registers[k].is_armed = from[COMMON_TORQUE_ENABLE];
    }
}

static void written_on(sensors *self, uint8_t page, uint16_t address, uint16_t length) {
    share(self, self->page[page].bytes);
    if (hits(address, length, COMMON_BUS_WATCHDOG) || hits(address, length, COMMON_TORQUE_ENABLE))
        self->age_ms = 0;
    if (self->page[page].rates.command_sequence != self->sequence) {
        self->sequence = self->page[page].rates.command_sequence;
        self->age_ms = 0;
    }
}

static void written_0(void *owner, uint16_t at, uint16_t size) { written_on(owner, 0, at, size); }
static void written_1(void *owner, uint16_t at, uint16_t size) { written_on(owner, 1, at, size); }
static void written_2(void *owner, uint16_t at, uint16_t size) { written_on(owner, 2, at, size); }
static void written_3(void *owner, uint16_t at, uint16_t size) { written_on(owner, 3, at, size); }

static void watch(sensors *self) {
    sensor_page_0 *page = &self->page[0].rates;
    self->age_ms += SENSORS_STEP_MS;
    uint8_t is_watched = page->torque_enable && page->bus_watchdog > 0;
    if (is_watched && self->age_ms > (uint32_t)page->bus_watchdog * WATCHDOG_MS) {
        page->bus_watchdog = -1;
        share(self, self->page[0].bytes);
    }
    if (self->age_ms > 60000) self->age_ms = 60000;
}

void sensors_step(sensors *self) {
    const sensors_in *in = &self->in;
    watch(self);
    for (uint8_t k = 0; k < 3; k++) {
        self->page[0].rates.gyro[k] = in->gyro[k];
        self->page[1].forces.acceleration[k] = in->acceleration[k];
    }
    for (uint8_t k = 0; k < 4; k++) {
        self->page[2].left.left[k] = in->foot[0][k];
        self->page[3].right.right[k] = in->foot[1][k];
    }
    self->page[0].rates.status = in->status | (has_tripped(self) ? BIT_COMMAND_OLD : 0);
    self->page[0].rates.sample++;
    self->page[1].forces.battery_voltage = in->battery_voltage;
    self->page[1].forces.battery_charge = in->battery_charge;
    self->page[2].left.left_sample++;
    self->page[3].right.right_sample++;
    for (uint8_t k = 0; k < SENSOR_PAGES; k++)
        self->page[k].rates.hardware_error = in->status & BIT_IMU_FAILED ? 1 << 4 : 0;
}

void sensors_start(sensors *self) {
    uint8_t *bytes = (uint8_t *)self;
    for (uint16_t k = 0; k < sizeof *self; k++) bytes[k] = 0;
    self->page[0].rates = (sensor_page_0)SENSOR_INITIAL_0;
    self->page[1].forces = (sensor_page_1)SENSOR_INITIAL_1;
    self->page[2].left = (sensor_page_2)SENSOR_INITIAL_2;
    self->page[3].right = (sensor_page_3)SENSOR_INITIAL_3;
    const register_row *rows[SENSOR_PAGES] = {ROWS_0, ROWS_1, ROWS_2, ROWS_3};
    const uint8_t count[SENSOR_PAGES] = {
        sizeof ROWS_0 / sizeof ROWS_0[0], sizeof ROWS_1 / sizeof ROWS_1[0],
        sizeof ROWS_2 / sizeof ROWS_2[0], sizeof ROWS_3 / sizeof ROWS_3[0],
    };
    void (*const written[SENSOR_PAGES])(void *, uint16_t, uint16_t) = {
        written_0, written_1, written_2, written_3,
    };
    for (uint8_t k = 0; k < SENSOR_PAGES; k++)
        self->registers[k] = (registers){
            rows[k], count[k], self->page[k].bytes, sizeof self->page[k], 0, 0, 0, self, refuses,
            written[k],
        };
}
