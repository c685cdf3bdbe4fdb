#include "answer.h"

#include "common_table.h"

enum {
    ASK_PING = 0x01,
    ASK_READ = 0x02,
    ASK_WRITE = 0x03,
    ASK_REBOOT = 0x08,
    ASK_SYNC_READ = 0x82,
    ASK_SYNC_WRITE = 0x83,
    ASK_FAST_SYNC_READ = 0x8A,
    ASK_BULK_READ = 0x92,
    ASK_BULK_WRITE = 0x93,
    ASK_FAST_BULK_READ = 0x9A
};
enum { NO_TURN = 0, ALONE = 1, IN_COMMON = 2, PINGS = 3 };
enum { BLOCK = 4 };      /* error, id and CRC around a block's data */
enum { STAGGER = 1000 }; /* a silent device is waited for this long [us] */

/* --------------------------------------------------------------------------------------- bytes */

static uint8_t own_id(const bus *self) { return self->page[0]->bytes[COMMON_ID]; }

/* Return the page that answers on an id; `pages` if none does. */
static uint8_t page_of(const bus *self, uint8_t id) {
    uint8_t page = id - own_id(self);
    return page < self->pages ? page : self->pages;
}

static uint8_t alert_of(const registers *table) {
    return table->bytes[COMMON_HARDWARE_ERROR] ? ALERT : 0;
}

/* ------------------------------------------------------------------------------------- answers */

static void put(bus *self, uint8_t byte) { self->out[self->out_length++] = byte; }

static void put_crc(bus *self, uint16_t crc) {
    put(self, (uint8_t)crc);
    put(self, (uint8_t)(crc >> 8));
}

static void put_header(bus *self, uint8_t id) {
    static const uint8_t HEADER[4] = {0xFF, 0xFF, 0xFD, 0x00};
    for (uint8_t k = 0; k < 4; k++) put(self, HEADER[k]);
    put(self, id);
    put(self, 0);
    put(self, 0);
}

/* Add a byte, and another one where a header would stand; marks begin at the instruction. */
static void put_stuffed(bus *self, uint16_t begin, uint8_t byte) {
    put(self, byte);
    const uint8_t *end = self->out + self->out_length;
    if (self->out_length - begin >= 3 && end[-1] == 0xFD && end[-2] == 0xFF && end[-3] == 0xFF)
        put(self, 0xFD);
}

/* Add data, write the length into the header, and end the frame. */
static void put_rest(bus *self, const uint8_t *data, uint16_t size) {
    for (uint16_t k = 0; k < size; k++) put_stuffed(self, PREFIX, data[k]);
    uint16_t length = self->out_length - PREFIX + 2;
    self->out[5] = (uint8_t)length;
    self->out[6] = (uint8_t)(length >> 8);
    uint16_t crc = 0;
    for (uint16_t k = 0; k < self->out_length; k++) crc = bus_crc(crc, self->out[k]);
    put_crc(self, crc);
}

static void answer(bus *self, uint8_t page, uint8_t error, const uint8_t *data, uint16_t size) {
    const registers *table = self->page[page];
    if (self->out_length) return; /* one at a time: a bus on which two speak is broken anyway */
    put_header(self, table->bytes[COMMON_ID]);
    put_stuffed(self, PREFIX, ANSWER);
    put_stuffed(self, PREFIX, error | alert_of(table));
    put_rest(self, data, size);
}

uint8_t answer_tell(bus *self, uint8_t id, uint8_t code, const uint8_t *data, uint16_t size) {
    if (self->out_length || self->held || self->turn) return 0;
    self->out_after = self->heard + BUS_SILENCE;
    put_header(self, id);
    put_stuffed(self, PREFIX, code);
    put_rest(self, data, size);
    return 1;
}

static void answer_ping(bus *self, uint8_t page) {
    const uint8_t *bytes = self->page[page]->bytes;
    uint8_t who[3] = {bytes[COMMON_MODEL_NUMBER], bytes[COMMON_MODEL_NUMBER + 1],
                      bytes[COMMON_FIRMWARE_VERSION]};
    answer(self, page, ERROR_NONE, who, 3);
}

static void answer_read(bus *self, uint8_t page, uint16_t address, uint16_t length) {
    const registers *table = self->page[page];
    uint8_t error = registers_check_read(table, address, length);
    if (table->bytes[COMMON_STATUS_RETURN_LEVEL] < 1) return;
    answer(self, page, error, table->bytes + address, error ? 0 : length);
}

static void acknowledge(bus *self, uint8_t page, uint8_t error) {
    if (self->page[page]->bytes[COMMON_STATUS_RETURN_LEVEL] >= 2)
        answer(self, page, error, 0, 0);
}

/* Add a block to the common answer; its CRC goes on from the one before, as it was heard. */
static uint16_t put_block(bus *self, const bus_turn *turn, uint16_t crc) {
    const registers *table = self->page[turn->page];
    uint16_t begin = self->out_length;
    uint8_t error = registers_check_read(table, turn->address, turn->length);
    put(self, error | alert_of(table));
    put(self, table->bytes[COMMON_ID]);
    for (uint16_t k = 0; k < turn->length; k++)
        put(self, error ? 0 : table->bytes[turn->address + k]);
    for (uint16_t k = begin; k < self->out_length; k++) crc = bus_crc(crc, self->out[k]);
    put_crc(self, crc);
    return bus_crc(bus_crc(crc, (uint8_t)crc), (uint8_t)(crc >> 8));
}

/* ------------------------------------------------------------------------------ turns in a row */

static void forget_turns(bus *self) {
    self->turn = NO_TURN;
    self->turns = 0;
}

static void drop_first_turn(bus *self) {
    self->turns--;
    for (uint8_t k = 0; k < self->turns; k++) self->own[k] = self->own[k + 1];
    if (!self->turns) self->turn = NO_TURN;
}

/* Speak in the common answer: all own blocks that follow each other from this place on. */
void answer_in_common(bus *self, uint16_t crc) {
    uint8_t place = self->own[0].place;
    if (place == 0) {
        put_header(self, EVERYBODY);
        self->out[5] = (uint8_t)self->row_length;
        self->out[6] = (uint8_t)(self->row_length >> 8);
        put(self, ANSWER);
        for (uint8_t k = 0; k < self->out_length; k++) crc = bus_crc(crc, self->out[k]);
    }
    for (; self->turns && self->own[0].place == place; place++) {
        crc = put_block(self, &self->own[0], crc);
        drop_first_turn(self);
    }
    forget_turns(self); /* ids of one board stand together; it has one turn */
}

/* Give the word to this board if it is its turn. */
static void take_turn(bus *self) {
    if (self->turn != ALONE || self->out_length || self->row_done < self->own[0].place) return;
    bus_turn turn = self->own[0];
    self->row_done++;
    drop_first_turn(self);
    answer_read(self, turn.page, turn.address, turn.length);
}

/* A status of somebody else passed: those up to him have had their turn. */
void answer_note_status(bus *self, uint8_t id) {
    if (self->turn != ALONE) return;
    for (uint8_t k = self->row_done; k < self->row; k++)
        if (self->row_ids[k] == id) {
            self->row_done = k + 1;
            break;
        }
    take_turn(self);
}

/* Note who is asked for what, in which order, and where own answers stand among them. */
static void note_row(bus *self, const uint8_t *data, uint16_t size, uint8_t is_bulk) {
    uint16_t at = PREFIX + 1;
    uint8_t step = is_bulk ? 5 : 1;
    self->row = self->row_done = 0;
    for (uint16_t k = is_bulk ? 0 : 4; k + step <= size && self->row < BUS_ROW; k += step) {
        const uint8_t *what = is_bulk ? data + k + 1 : data;
        uint8_t page = page_of(self, data[k]);
        if (page < self->pages && self->turns < BUS_PAGES) {
            bus_turn turn = {self->row, page, word_at(what), word_at(what + 2), at};
            self->own[self->turns++] = turn;
        }
        at += word_at(what + 2) + BLOCK;
        self->row_ids[self->row++] = data[k];
    }
    self->row_length = at - PREFIX;
}

static uint8_t own_answers_fit(const bus *self) {
    uint16_t size = PREFIX + 1;
    for (uint8_t k = 0; k < self->turns; k++) {
        if (self->own[k].length > BUS_ANSWER) return 0;
        size += self->own[k].length + BLOCK;
    }
    return size <= BUS_ANSWER;
}

static void begin_turns(bus *self, uint8_t kind, const uint8_t *data, uint16_t size,
                        uint8_t is_bulk) {
    if (!is_bulk && size < 5) return;
    note_row(self, data, size, is_bulk);
    if (!self->turns) return;
    if (kind == IN_COMMON && !own_answers_fit(self)) {
        forget_turns(self);
        return;
    }
    self->taken++;
    self->turn = kind;
    if (kind == ALONE) take_turn(self);
    else if (self->own[0].place == 0) answer_in_common(self, 0);
}

/* -------------------------------------------------------------------------------- instructions */

static void write_each(bus *self, const uint8_t *data, uint16_t size) {
    if (size < 4) return;
    uint16_t address = word_at(data), length = word_at(data + 2);
    if (length == 0 || length >= size) return;
    for (uint16_t at = 4; at + 1 + length <= size; at += 1 + length) {
        uint8_t page = page_of(self, data[at]);
        if (page == self->pages) continue;
        self->taken++;
        registers_write(self->page[page], address, length, data + at + 1);
    }
}

static void write_bulk(bus *self, const uint8_t *data, uint16_t size) {
    for (uint16_t at = 0, length; at + 5 < size; at += 5 + length) {
        length = word_at(data + at + 3);
        if (length > size - at - 5) return;
        uint8_t page = page_of(self, data[at]);
        if (page == self->pages) continue;
        self->taken++;
        registers_write(self->page[page], word_at(data + at + 1), length, data + at + 5);
    }
}

static void obey_one(bus *self, uint8_t page, uint8_t code, const uint8_t *data,
                     uint16_t size) {
    self->taken++;
    if (code == ASK_PING) answer_ping(self, page);
    else if (code == ASK_READ && size == 4)
        answer_read(self, page, word_at(data), word_at(data + 2));
    else if (code == ASK_WRITE && size >= 3)
        acknowledge(self, page,
                    registers_write(self->page[page], word_at(data), size - 2, data + 2));
    else if (code == ASK_REBOOT && size == 0) {
        self->is_rebooting = 1;
        acknowledge(self, page, ERROR_NONE);
    } else {
        uint8_t is_known = code == ASK_READ || code == ASK_WRITE || code == ASK_REBOOT;
        acknowledge(self, page, is_known ? ERROR_LENGTH : ERROR_INSTRUCTION);
    }
}

static void ping_all(bus *self) {
    /* each id answers in its own time, so that no two speak at once */
    self->out_after += 14uL * self->byte_time * own_id(self);
    answer_ping(self, 0);
    self->turns = self->pages - 1;
    self->turn = self->turns ? PINGS : NO_TURN;
    for (uint8_t k = 1; k < self->pages; k++) self->own[k - 1].page = k;
}

static void obey_all(bus *self, uint8_t code, const uint8_t *data, uint16_t size) {
    if (code == ASK_SYNC_WRITE) write_each(self, data, size);
    else if (code == ASK_BULK_WRITE) write_bulk(self, data, size);
    else if (code == ASK_SYNC_READ) begin_turns(self, ALONE, data, size, 0);
    else if (code == ASK_BULK_READ) begin_turns(self, ALONE, data, size, 1);
    else if (code == ASK_FAST_SYNC_READ) begin_turns(self, IN_COMMON, data, size, 0);
    else if (code == ASK_FAST_BULK_READ) begin_turns(self, IN_COMMON, data, size, 1);
    else if (code == ASK_PING) ping_all(self);
    else if (code == ASK_REBOOT) self->is_rebooting = 1;
    else if (code == ASK_WRITE && size >= 3)
        for (uint8_t k = 0; k < self->pages; k++)
            registers_write(self->page[k], word_at(data), size - 2, data + 2);
}

void answer_obey(bus *self, uint8_t id, uint8_t code, const uint8_t *data, uint16_t size,
                 uint32_t now) {
    uint8_t page = page_of(self, id);
    forget_turns(self);
    self->out_length = 0; /* who asks anew no longer waits for the answer before */
    self->out_after = now + 2u * self->page[0]->bytes[COMMON_RETURN_DELAY];
    if (page < self->pages) obey_one(self, page, code, data, size);
    else if (id == EVERYBODY) obey_all(self, code, data, size);
}

void bus_sent(bus *self, uint32_t now) {
    self->out_length = 0;
    self->heard = now;
    if (self->turn == ALONE) {
        self->out_after = now;
        take_turn(self);
    } else if (self->turn == PINGS) {
        uint8_t page = self->own[0].page;
        self->out_after = now + 2uL * self->byte_time;
        drop_first_turn(self);
        answer_ping(self, page);
    }
}

void answer_wait(bus *self, uint32_t quiet) {
    if (self->out_length) return;
    if (self->turn == IN_COMMON && quiet > BUS_SILENCE) forget_turns(self);
    if (self->turn == ALONE) {
        uint8_t missing = self->own[0].place - self->row_done;
        if (quiet > (uint32_t)missing * STAGGER) {
            self->row_done = self->own[0].place;
            take_turn(self);
        }
    }
}

uint8_t answer_begins_at(const bus *self, uint16_t held) {
    return self->turn == IN_COMMON && held == self->own[0].start;
}
