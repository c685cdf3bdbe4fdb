/* A device on a Dynamixel Protocol 2.0 bus: bytes in, answers out. No hardware, no clock of its own.
 *
 * The target feeds every byte that it hears, with the time, and sends what lies in `out` as soon as
 * `out_length` is not 0 and `out_after` has come; then it calls bus_sent. Times are microseconds
 * that wrap around. A board may answer on several ids in a row, each with a control table: a page.
 * Source: ROBOTIS e-manual, "DYNAMIXEL Protocol 2.0".
 */
#ifndef BUS_H
#define BUS_H

#include <stdint.h>

#include "frame.h"
#include "registers.h"

#ifndef BUS_LONGEST
#define BUS_LONGEST 512 /* longest frame that is taken in; a Sync Write to 22 servos has 124 bytes */
#endif
#define BUS_ANSWER 352 /* longest answer with its stuffing */
#define BUS_PAGES 4
#define BUS_ROW 64 /* most devices that are asked at once */
#define BUS_SILENCE 1500u /* a frame that pauses longer is given up [us] */

typedef struct {
    uint8_t place; /* devices before this one */
    uint8_t page;
    uint16_t address, length;
    uint16_t start; /* where its block begins in the common answer */
} bus_turn;

typedef struct {
    registers *page[BUS_PAGES]; /* of ids id, id + 1, … */
    uint8_t pages;
    uint8_t byte_time;  /* of one byte on the line [us] */
    uint8_t is_rebooting; /* asked to restart: once the answer is out */
    uint16_t damaged;   /* frames that began and were not right */
    uint16_t taken;     /* instructions that were for this board */
    uint16_t instructions; /* heard, for whomever */

    uint8_t out[BUS_ANSWER];
    uint16_t out_length;
    uint32_t out_after; /* not to be sent before this time [us] */

    /* being received: a frame in [0, held) of [0, end), bytes put back for another look from back */
    uint8_t in[BUS_LONGEST + 1];
    uint16_t held, end, back, crc;
    uint8_t is_common; /* it is the common answer to a Fast read */
    uint32_t heard; /* when the last byte came [us] */

    /* a turn in a row of answers: those of the devices named earlier come first */
    uint8_t turn;        /* 0 none, 1 each alone, 2 in the common answer to a Fast read, 3 pings */
    uint8_t turns;       /* own turns that are still to come */
    bus_turn own[BUS_PAGES];
    uint8_t row;         /* devices in the row */
    uint8_t row_done;    /* of them, those whose turn is over */
    uint16_t row_length; /* of the whole common answer, as its header says */
    uint8_t row_ids[BUS_ROW];
} bus;

void bus_start(bus *self, registers *const *page, uint8_t pages, uint8_t byte_time);

/* Take in one byte that was heard at `now`. */
void bus_hear(bus *self, uint8_t byte, uint32_t now);

/* Let time pass: give up torn frames, take the turn of a device that does not answer. */
void bus_wait(bus *self, uint32_t now);

/* What lay in `out` is on the line; something may lie there again. */
void bus_sent(bus *self, uint32_t now);

#endif
