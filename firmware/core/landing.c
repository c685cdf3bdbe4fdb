#include "landing.h"

#include "answer.h"

enum { HOST_LEADS = 0, BOARD_LEADS = 1, OVER = 2 };
enum { CODE_PING = 0x01, CODE_SYNC_WRITE = 0x83, ROW = 12, HEAD = 4 };

static uint8_t is_due(const sensors *board) {
    const sensor_page_0 *page = &board->page[0].rates;
    uint8_t is_armed = page->torque_enable && page->bus_watchdog;
    return is_armed && page->landing_time && board->age_ms >= page->landing_delay;
}

static void put_number(uint8_t *at, uint16_t value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
    at[2] = at[3] = 0;
}

/* Tell the legs their pose, to be reached within so many milliseconds. */
static uint8_t tell_pose(const sensor_page_0 *page, bus *line, uint16_t span) {
    uint8_t data[HEAD + LANDING_LEGS * (1 + ROW)] = {SERVO_PROFILE_AT, 0, ROW, 0};
    for (uint8_t leg = 0; leg < LANDING_LEGS; leg++) {
        uint8_t *row = data + HEAD + leg * (1 + ROW);
        row[0] = page->landing_servo + leg;
        put_number(row + 1, span / 2);
        put_number(row + 5, span);
        put_number(row + 9, page->landing_goal[leg]);
    }
    return answer_tell(line, EVERYBODY, CODE_SYNC_WRITE, data, sizeof data);
}

static void lead(landing *self, const sensor_page_0 *page, bus *line) {
    uint16_t span = page->landing_time;
    if (line->instructions != self->instructions || !page->landing_time ||
        self->passed_ms > span + LANDING_SETTLE_MS) {
        self->phase = OVER;
        return;
    }
    uint8_t is_said = 0;
    if (self->told < LANDING_TOLD) {
        uint16_t left = span > self->passed_ms ? span - self->passed_ms : 0;
        is_said = tell_pose(page, line, left > SENSORS_STEP_MS ? left : SENSORS_STEP_MS);
        self->told += is_said;
    } else if (self->passed_ms - self->pinged_ms >= LANDING_PING_MS) {
        is_said = answer_tell(line, page->id, CODE_PING, 0, 0);
    }
    if (is_said) self->pinged_ms = self->passed_ms;
    self->passed_ms += SENSORS_STEP_MS;
}

void landing_step(landing *self, const sensors *board, bus *line) {
    const sensor_page_0 *page = &board->page[0].rates;
    if (board->sequence != self->sequence) {
        self->sequence = board->sequence;
        self->phase = HOST_LEADS;
    }
    self->quiet = line->heard == self->heard ? self->quiet + (self->quiet < 255) : 0;
    self->heard = line->heard;
    if (self->phase == HOST_LEADS && self->quiet >= LANDING_QUIET && is_due(board)) {
        *self = (landing){.phase = BOARD_LEADS, .sequence = self->sequence,
                          .instructions = line->instructions};
    }
    if (self->phase == BOARD_LEADS) lead(self, page, line);
}
