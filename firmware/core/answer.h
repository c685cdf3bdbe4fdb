/* What a board says, and when: for core/bus.c, which listens. */
#ifndef ANSWER_H
#define ANSWER_H

#include "bus.h"

enum { ANSWER = 0x55, EVERYBODY = 0xFE };
enum { PREFIX = 7 }; /* header, id, length */

static inline uint16_t word_at(const uint8_t *bytes) {
    return bytes[0] | (uint16_t)bytes[1] << 8;
}

/* An instruction was heard at `now`; its parameters are without stuffing. */
void answer_obey(bus *self, uint8_t id, uint8_t code, const uint8_t *data, uint16_t size,
                 uint32_t now);

/* A status of somebody else passed. */
void answer_note_status(bus *self, uint8_t id);

/* Whether this board's block in the common answer begins after so many bytes of it. */
uint8_t answer_begins_at(const bus *self, uint16_t held);

/* It does: go on from the CRC that the others have come to. */
void answer_in_common(bus *self, uint16_t crc);

/* Nothing was heard for so long [us]. */
void answer_wait(bus *self, uint32_t quiet);

/* Say an instruction, as a master does; return 0 while somebody else speaks, or is to. */
uint8_t answer_tell(bus *self, uint8_t id, uint8_t code, const uint8_t *data, uint16_t size);

#endif
