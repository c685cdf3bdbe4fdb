#include "bus.h"

#include "answer.h"

enum { CRC_FFFF = 0x800D }; /* of FF FF: a frame's CRC after its first two bytes */

/* Drop the header that no frame follows, and look at the bytes behind it once more. */
static void look_again(bus *self) {
    self->damaged++;
    for (uint16_t k = self->held - 1; k > 3; k--) self->in[--self->back] = self->in[k];
    self->held = 0;
}

static void finish_frame(bus *self, uint32_t now) {
    uint8_t id = self->in[4], code = self->in[PREFIX];
    self->held = 0;
    if (code == ANSWER) {
        answer_note_status(self, id);
        return;
    }
    self->instructions++;
    uint16_t size = bus_unstuff(self->in + PREFIX + 1, self->end - PREFIX - 3);
    answer_obey(self, id, code, self->in + PREFIX + 1, size, now);
}

/* Search the four bytes that begin a frame. */
static void seek_header(bus *self, uint8_t byte) {
    static const uint8_t HEADER[4] = {0xFF, 0xFF, 0xFD, 0x00};
    if (byte == HEADER[self->held - 1]) {
        self->crc = CRC_FFFF;
        return;
    }
    if (byte != 0xFF) self->held = 0;
    else if (self->held != 3) self->held = 1; /* FF FF FF: still two of them */
    else self->held = 2;
}

/* With the instruction it is known how long a frame is, and of what kind. */
static void judge_prefix(bus *self) {
    self->end = PREFIX + word_at(self->in + 5);
    self->is_common = self->in[4] == EVERYBODY && self->in[PREFIX] == ANSWER;
    if (self->end < PREFIX + 3 || self->end > BUS_LONGEST) look_again(self);
}

/* The bytes that others say in a common answer: count them until it is this board's turn. */
static uint8_t is_own_turn(bus *self, uint32_t now) {
    if (!answer_begins_at(self, self->held)) return 0;
    const uint8_t *crc = self->in + self->held - 2;
    self->held = 0;
    self->out_after = now;
    answer_in_common(self, bus_crc(bus_crc(word_at(crc), crc[0]), crc[1]));
    return 1;
}

/* A header inside of a frame ends it; only the last bytes with the CRC may look like one. */
static uint8_t holds_header(const bus *self) {
    const uint8_t *last = self->in + self->held - 4;
    return last[2] == 0xFD && last[1] == 0xFF && last[0] == 0xFF && self->held < self->end;
}

static void take_in(bus *self, uint8_t byte, uint32_t now) {
    uint16_t held = self->held;
    self->in[held++] = byte;
    self->held = held;
    if (held <= 4) {
        seek_header(self, byte);
        return;
    }
    self->crc = bus_crc(self->crc, self->in[held - 3]); /* the last two may be the CRC */
    if (held <= PREFIX) return;
    if (held == PREFIX + 1) {
        judge_prefix(self);
        return;
    }
    if (self->is_common) {
        if (is_own_turn(self, now)) return;
    } else if (byte == 0x00 && holds_header(self)) {
        look_again(self);
        return;
    }
    if (held < self->end) return;
    if (self->crc == word_at(self->in + held - 2)) finish_frame(self, now);
    else look_again(self);
}

/* At a megabaud a byte comes every 160 cycles of an AVR, so most of them take a short way. */

/* A byte that only has to be kept: within the parameters, no end of anything, no turn to speak. */
static inline uint8_t is_plain(const bus *self, uint16_t held, uint8_t byte) {
    if (held <= PREFIX || held + 1 >= self->end) return 0;
    if (self->is_common) return !answer_begins_at(self, held + 1);
    return byte != 0x00;
}

void bus_hear(bus *self, uint8_t byte, uint32_t now) {
    uint16_t held = self->held;
    if (held && now - self->heard > BUS_SILENCE) {
        bus_wait(self, now);
        held = self->held;
    }
    self->heard = now;
    if (is_plain(self, held, byte)) {
        self->in[held] = byte;
        self->crc = bus_crc(self->crc, self->in[held - 2]);
        self->held = held + 1;
        return;
    }
    self->back = BUS_LONGEST + 1;
    take_in(self, byte, now);
    while (self->back <= BUS_LONGEST) {
        uint8_t again = self->in[self->back++];
        take_in(self, again, now);
    }
}

void bus_wait(bus *self, uint32_t now) {
    uint32_t quiet = now - self->heard;
    if (self->held && quiet > BUS_SILENCE) {
        self->damaged += self->held > 4;
        self->held = 0;
    }
    answer_wait(self, quiet);
}

void bus_start(bus *self, registers *const *page, uint8_t pages, uint8_t byte_time) {
    uint8_t *bytes = (uint8_t *)self;
    for (uint16_t k = 0; k < sizeof *self; k++) bytes[k] = 0;
    for (uint8_t k = 0; k < pages; k++) self->page[k] = page[k];
    self->pages = pages;
    self->byte_time = byte_time;
}
