#include "chassis.h"

#include "common_table.h"
#include "flash.h"

enum { WHEELS = 2, ROLLER = 4 };
enum { STANDING = 60 };   /* slower is standing [0.001 rad/s]: less than two encoder counts */
enum { KEEP_P = 80 };     /* of the supply per rad/s of error, in thousandths */
enum { KEEP_I = 400 };    /* the same per second */
enum { FULL = 1000 };     /* of the supply, of the stall torque */
enum { AGE_MOST = 65000 };  /* [ms] */
enum { LATE_MOST = 50000 }; /* a longer step counts as one of 50 ms [us] */

static const register_row ROWS[] FLASH = {CHASSIS_ROWS};
static const int32_t NO_LOAD[CHASSIS_DRIVES] = CHASSIS_NO_LOAD;
static const uint16_t CAUSES =
    BIT_STOP_BUTTON | BIT_BUMPER_FRONT | BIT_BUMPER_REAR | BIT_CLIFF_LEFT | BIT_CLIFF_RIGHT |
    BIT_DRIVE_FAILED;

static int32_t clamped(int32_t value, int32_t most) {
    if (value > most) return most;
    return value < -most ? -most : value;
}

/* -------------------------------------------------------------------------- what is written */

static uint8_t has_tripped(const chassis *self) { return self->table.bus_watchdog < 0; }

static uint8_t refuses(void *owner, uint16_t address, uint16_t length, const uint8_t *data) {
    const chassis *self = owner;
    uint8_t is_command = address < CHASSIS_COMMAND_END && address + length > CHASSIS_COMMAND_AT;
    (void)data;
    return is_command && has_tripped(self) ? ERROR_RANGE : ERROR_NONE;
}

static uint8_t hits(uint16_t address, uint16_t length, uint16_t at) {
    return address <= at && at < address + length;
}

static uint8_t wants_motion(const chassis *self) {
    int32_t any = 0;
    for (uint8_t k = 0; k < CHASSIS_DRIVES; k++) any |= self->table.goal[k] | self->goal[k];
    return any != 0;
}

/* The causes that the settings let stop the board. */
static uint16_t causes(const chassis *self) {
    uint16_t heeded = CAUSES;
    if (!self->table.bumper_stops) heeded &= (uint16_t)~(BIT_BUMPER_FRONT | BIT_BUMPER_REAR);
    if (!self->table.cliff_stops) heeded &= (uint16_t)~(BIT_CLIFF_LEFT | BIT_CLIFF_RIGHT);
    return self->in.status & heeded;
}

static void forget_command(chassis *self) {
    for (uint8_t k = 0; k < CHASSIS_DRIVES; k++) self->table.goal[k] = self->goal[k] = 0;
    self->table.spray = self->table.fan = self->table.brush = 0;
    self->table.bin_tip = 0;
    self->is_known = 0;
}

static void take_command(chassis *self) {
    for (uint8_t k = 0; k < CHASSIS_DRIVES; k++) {
        self->goal[k] = self->table.goal[k];
        self->limit[k] = self->table.limit[k];
    }
    self->table.sequence_taken = self->table.command_sequence;
    self->is_known = 1;
    self->age_us = 0;
}

static void written(void *owner, uint16_t address, uint16_t length) {
    chassis *self = owner;
    chassis_table *table = &self->table;
    if (hits(address, length, COMMON_TORQUE_ENABLE)) {
        if (table->torque_enable != self->registers.is_armed) forget_command(self);
        self->registers.is_armed = table->torque_enable;
        self->age_us = 0;
    }
    if (hits(address, length, COMMON_BUS_WATCHDOG)) self->age_us = 0;
    if (hits(address, length, CHASSIS_COMMAND_AT) &&
        table->command_sequence != table->sequence_taken)
        take_command(self);
    if (hits(address, length, CHASSIS_STOP_RESET_AT)) {
        uint8_t is_key = table->stop_reset == CHASSIS_RESET_KEY;
        if (is_key && !wants_motion(self) && !causes(self)) self->is_stopped = 0;
        table->stop_reset = 0;
    }
}

/* ------------------------------------------------------------------------------------- stops */

static uint8_t is_standing(const chassis *self) {
    for (uint8_t k = 0; k < WHEELS; k++)
        if (self->set[k] || self->table.speed[k] > STANDING || self->table.speed[k] < -STANDING)
            return 0;
    return 1;
}

static void watch(chassis *self) {
    chassis_table *table = &self->table;
    if (self->age_us < AGE_MOST * 1000uL) self->age_us += 100uL * self->elapsed;
    table->command_age = (uint16_t)(self->age_us / 1000);
    uint8_t is_watched = table->torque_enable && table->bus_watchdog > 0;
    if (is_watched && self->age_us > (uint32_t)table->bus_watchdog * WATCHDOG_MS * 1000) {
        table->bus_watchdog = -1;
        forget_command(self);
    }
    if (causes(self)) self->is_stopped = 1;
    if ((self->in.status & BIT_STOP_BUTTON) && table->torque_enable && is_standing(self)) {
        table->torque_enable = 0;
        self->registers.is_armed = 0;
        forget_command(self);
    }
}

static void report(chassis *self) {
    chassis_table *table = &self->table;
    const chassis_in *in = &self->in;
    uint16_t status = in->status;
    if (has_tripped(self)) status |= BIT_COMMAND_OLD;
    if (self->is_stopped) status |= BIT_STOPPED;
    table->status = status;
    table->hardware_error = in->status & BIT_DRIVE_FAILED ? 1 << 4 : 0;
    table->sample++;
    for (uint8_t k = 0; k < 3; k++) {
        table->gyro[k] = in->gyro[k];
        table->acceleration[k] = in->acceleration[k];
    }
    table->battery_voltage = in->battery_voltage;
    table->battery_charge = in->battery_charge;
    table->water = in->water;
    table->bin = in->bin;
    table->dust = in->dust;
    table->wetness = in->wetness;
    table->temperature = in->temperature;
    table->rain = in->rain;
}

/* ------------------------------------------------------------------------------------ drives */

static uint8_t is_stopping(const chassis *self) { return self->is_stopped || has_tripped(self); }

/* Take note of how long the last step was. */
static void keep_time(chassis *self) {
    uint32_t elapsed = self->in.time - self->stepped;
    self->stepped = self->in.time;
    self->elapsed = (uint16_t)((elapsed < LATE_MOST ? elapsed : LATE_MOST) / 100);
}

/* Speed over the last 40 ms: a count in 5 ms alone is 0.3 rad/s. */
static void measure(chassis *self) {
    int32_t *oldest = self->past[self->past_at];
    uint32_t window = self->in.time - self->past_time[self->past_at];
    if (window < 1000) window = 1000;
    /* 2π / 4096 thousandths of rad a count, over microseconds, times 1024 */
    int32_t factor = (int32_t)(1570796544uL / window);
    self->past_time[self->past_at] = self->in.time;
    for (uint8_t k = 0; k < CHASSIS_DRIVES; k++) {
        int32_t turned = (int32_t)((uint32_t)self->in.count[k] - (uint32_t)oldest[k]);
        oldest[k] = self->in.count[k];
        self->table.position[k] = self->in.count[k];
        self->table.speed[k] = (clamped(turned, 1300) * factor + 512) >> 10;
    }
    self->past_at = (uint8_t)((self->past_at + 1) % CHASSIS_WINDOW);
}

static int32_t wished(const chassis *self, uint8_t k) {
    if (!self->table.torque_enable || is_stopping(self) || !self->is_known) return 0;
    int32_t most = k < WHEELS ? 10 * (int32_t)self->table.speed_limit : NO_LOAD[k];
    return 100 * clamped(self->goal[k], most < NO_LOAD[k] ? most : NO_LOAD[k]);
}

static int32_t ramp_of(const chassis *self, uint8_t k, uint8_t is_stop) {
    const chassis_table *table = &self->table;
    if (k < WHEELS) return is_stop ? table->ramp_stop : table->ramp_wheel;
    return k == ROLLER ? table->ramp_roller : table->ramp_side;
}

/* Bring a set-point down to the speed that there is: a stop must not first go on to what was asked. */
static int32_t no_more_than(int32_t set, int32_t speed) {
    if (set > 0) return speed <= 0 ? 0 : set < speed ? set : speed;
    return speed >= 0 ? 0 : set > speed ? set : speed;
}

/* Move a set-point towards what is wished; 0.01 rad/s² times 1 ms is 0.00001 rad/s. */
static void ramp(chassis *self, uint8_t k) {
    uint8_t is_stop = is_stopping(self);
    if (is_stop && k >= WHEELS) {
        self->set[k] = 0; /* brushes are switched off, they run down by themselves */
        return;
    }
    if (is_stop) self->set[k] = no_more_than(self->set[k], 100 * self->table.speed[k]);
    int32_t most = ramp_of(self, k, is_stop) * self->elapsed / 10;
    int32_t step = clamped(wished(self, k) - self->set[k], most);
    self->set[k] += step;
    self->is_ramping[k] = step != 0;
}

/* Return the duty for a set-point: what holds the speed by itself, and a PI controller.
 *
 * The torque of a DC machine is duty - speed / no-load speed, of the stall torque; the duty is kept
 * within the limit around that, which bounds torque and current without measuring either. */
static int16_t drive(chassis *self, uint8_t k) {
    int32_t set = self->set[k] / 100, speed = clamped(self->table.speed[k], 60000);
    if (set == 0) self->integral[k] = 0;
    if (set == 0 && (k >= WHEELS || is_standing(self))) return 0;
    int32_t error = clamped(set - speed, 20000);
    int32_t raw = FULL * set / NO_LOAD[k] + KEEP_P * error / 1000 + self->integral[k] / 1000;
    int32_t back = FULL * speed / NO_LOAD[k], limit = is_stopping(self) ? FULL : self->limit[k];
    int32_t duty = raw;
    if (duty > back + limit) duty = back + limit;
    if (duty < back - limit) duty = back - limit;
    duty = clamped(duty, FULL);
    uint8_t may_learn = duty == raw && !self->is_ramping[k];
    if (may_learn) self->integral[k] += KEEP_I * error / 1000 * self->elapsed / 10;
    self->integral[k] = clamped(self->integral[k], 300000);
    return (int16_t)duty;
}

static void steer(chassis *self) {
    chassis_table *table = &self->table;
    for (uint8_t k = 0; k < CHASSIS_DRIVES; k++) {
        ramp(self, k);
        uint8_t is_moving = self->set[k] != 0 || table->speed[k] > STANDING ||
                            table->speed[k] < -STANDING;
        self->out.duty[k] = table->torque_enable ? drive(self, k) : 0;
        int32_t back = FULL * clamped(table->speed[k], 60000) / NO_LOAD[k];
        table->effort[k] =
            table->torque_enable && is_moving ? (int16_t)(self->out.duty[k] - back) : 0;
    }
}

void chassis_step(chassis *self) {
    keep_time(self);
    measure(self);
    watch(self);
    steer(self);
    uint8_t is_working = self->table.torque_enable && self->is_known && !is_stopping(self);
    self->out.spray = is_working ? self->table.spray : 0;
    self->out.fan = is_working ? self->table.fan : 0;
    self->out.bin_tip = is_working && is_standing(self) ? self->table.bin_tip : 0;
    self->out.lights = self->table.lights;
    self->out.is_braking = !is_working && is_standing(self);
    report(self);
}

void chassis_start(chassis *self) {
    uint8_t *bytes = (uint8_t *)self;
    for (uint16_t k = 0; k < sizeof *self; k++) bytes[k] = 0;
    self->table = (chassis_table)CHASSIS_INITIAL;
    self->registers = (registers){
        ROWS, sizeof ROWS / sizeof ROWS[0], (uint8_t *)&self->table, sizeof self->table, 0, 0, 0, self,
        refuses, written,
    };
}
