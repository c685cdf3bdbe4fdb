/* Both boards as a shared library, for tests on the host: a bus in memory, time as an argument. */
#include <stdlib.h>

#include "../core/bus.h"
#include "../core/chassis.h"
#include "../core/landing.h"
#include "../core/sensors.h"

typedef struct {
    bus bus;
    chassis chassis;
    sensors sensors;
    landing landing;
    uint8_t is_chassis;
} board;

board *board_new(int is_chassis, int byte_time) {
    board *self = calloc(1, sizeof *self);
    registers *page[BUS_PAGES];
    self->is_chassis = (uint8_t)is_chassis;
    chassis_start(&self->chassis);
    sensors_start(&self->sensors);
    if (is_chassis) page[0] = &self->chassis.registers;
    else for (int k = 0; k < SENSOR_PAGES; k++) page[k] = &self->sensors.registers[k];
    bus_start(&self->bus, page, is_chassis ? 1 : SENSOR_PAGES, (uint8_t)byte_time);
    return self;
}

void board_free(board *self) { free(self); }
chassis_in *board_in(board *self) { return &self->chassis.in; }
chassis_out *board_out(board *self) { return &self->chassis.out; }
sensors_in *board_sensors(board *self) { return &self->sensors.in; }
int board_damaged(board *self) { return self->bus.damaged; }
int board_taken(board *self) { return self->bus.taken; }
int board_is_rebooting(board *self) { return self->bus.is_rebooting; }
uint8_t *board_bytes(board *self, int page) { return self->bus.page[page]->bytes; }

void board_step(board *self) {
    if (self->is_chassis) chassis_step(&self->chassis);
    else {
        sensors_step(&self->sensors);
        landing_step(&self->landing, &self->sensors, &self->bus);
    }
}

/* Take an answer off the board if it is due; return its length. */
static int answer(board *self, uint32_t now, uint8_t *into) {
    if (!self->bus.out_length || (int32_t)(now - self->bus.out_after) < 0) return 0;
    int size = self->bus.out_length;
    for (int k = 0; k < size; k++) into[k] = self->bus.out[k];
    bus_sent(&self->bus, now);
    return size;
}

/* Let the board hear bytes, `byte_time` apart from `now` on, then silence for as many microseconds;
 * return how much it said. */
int board_hear(board *self, const uint8_t *bytes, int size, uint32_t now, uint32_t silence,
               uint8_t *into) {
    int said = 0;
    for (int k = 0; k < size; k++) {
        now += self->bus.byte_time;
        bus_hear(&self->bus, bytes[k], now);
        said += answer(self, now, into + said);
    }
    for (uint32_t waited = 0; waited < silence; waited += 100) {
        now += 100;
        bus_wait(&self->bus, now);
        said += answer(self, now, into + said);
    }
    return said;
}

uint16_t board_crc(const uint8_t *bytes, int size) {
    uint16_t crc = 0;
    for (int k = 0; k < size; k++) crc = bus_crc(crc, bytes[k]);
    return crc;
}

int board_unstuff(uint8_t *bytes, int size) { return bus_unstuff(bytes, (uint16_t)size); }
