/* 22 servos behind a pseudo-terminal, as quick as a machine can be: what benchmarks/bus.py measures
   against. Not an emulator of a robot (that is sim/emulator): registers, the instructions of a control
   cycle, a watchdog, and on request a wire with its speed, damaged bytes and dead servos.

   usage: devices [-b BAUD] [-e RATE] [-i RATE] [-s SEED] [-d ID]...
   -b  answers come no sooner than a wire of so many bit/s allows (0: at once)
   -e  part of the bytes that are damaged on the way to the host: 60 % a flipped bit, 20 % lost, 20 % added
   -i  the same on the way to the devices
   -d  a servo that dies on SIGUSR1, and silences those that wait for it (may be repeated)

   It prints the terminal's name. What a servo says can be checked: load and velocity follow from the
   position. On SIGTERM it prints how many goals came, and how many of them were never sent: the lowest
   six bits of a goal are the id. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { SERVOS = 22, REGISTERS = 160, LONGEST = 4096, BROADCAST = 0xFE };
enum { TORQUE = 64, WATCHDOG = 98, GOAL = 116, LOAD = 126, VELOCITY = 128, POSITION = 132 };
enum { PING = 1, READ = 2, WRITE = 3, SYNC_READ = 0x82, SYNC_WRITE = 0x83, FAST = 0x8A };

static uint8_t registers[SERVOS + 1][REGISTERS];
static int dead[256], dying[256], master;
static double baud, damage_out, damage_in, last_heard;
static uint64_t random_state = 88172645463325252u;
static long goals, wrong_goals;
static uint16_t table[256];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static void wait_until(double instant)
{
    double left = instant - now();
    if (left > 2e-4) {
        struct timespec t = {0, (long)((left - 1e-4) * 1e9)};
        nanosleep(&t, NULL);
    }
    while (now() < instant) {}
}

static double uniform(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) * 0x1p-53;
}

static uint16_t crc(const uint8_t *data, int count, uint16_t value)
{
    while (count-- > 0) value = (uint16_t)(value << 8) ^ table[(value >> 8) ^ *data++];
    return value;
}

/* Copy bytes through a bad line; return how many arrive. */
static int harmed(uint8_t *to, const uint8_t *from, int count, double rate)
{
    int n = 0;
    for (int i = 0; i < count; i++) {
        double kind = rate > 0.0 && uniform() < rate ? uniform() : 2.0;
        if (kind >= 0.8 || kind < 0.6) to[n++] = from[i];
        if (kind < 0.6) to[n - 1] ^= (uint8_t)(1 << (int)(8 * uniform()));
        if (kind >= 0.8 && kind < 1.0) to[n++] = (uint8_t)(256 * uniform());
    }
    return n;
}

static void say(const uint8_t *data, int count, double heard_at)
{
    static uint8_t out[4 * LONGEST];
    if (baud > 0.0) wait_until(heard_at + count * 10.0 / baud);
    int left = harmed(out, data, count, damage_out);
    for (uint8_t *at = out; left > 0;) {
        ssize_t sent = write(master, at, (size_t)left);
        if (sent < 0) {
            if (errno == EINTR || errno == EAGAIN) continue;
            return;
        }
        at += sent;
        left -= (int)sent;
    }
}

/* Write a status frame, stuffed; return its length. */
static int status(uint8_t *out, int id, const uint8_t *data, int count)
{
    static const uint8_t header[5] = {0xFF, 0xFF, 0xFD, 0, 0};
    memcpy(out, header, 5);
    out[4] = (uint8_t)id;
    int n = 7;
    out[n++] = 0x55;
    out[n++] = 0;
    for (int i = 0; i < count; i++) {
        out[n++] = data[i];
        if (out[n - 1] == 0xFD && out[n - 2] == 0xFF && out[n - 3] == 0xFF) out[n++] = 0xFD;
    }
    out[5] = (uint8_t)(n - 5);
    out[6] = (uint8_t)((n - 5) >> 8);
    uint16_t check = crc(out, n, 0);
    out[n++] = (uint8_t)check;
    out[n++] = (uint8_t)(check >> 8);
    return n;
}

static int is_there(int id) { return id >= 1 && id <= SERVOS && !dead[id]; }

/* Put a servo somewhere; the rest of what it says follows from that. */
static void place(int id, int32_t position)
{
    int32_t velocity = (int32_t)((uint32_t)position * 2654435761u);
    int16_t load = (int16_t)((uint32_t)position * 40503u);
    memcpy(registers[id] + POSITION, &position, 4);
    memcpy(registers[id] + VELOCITY, &velocity, 4);
    memcpy(registers[id] + LOAD, &load, 2);
}

/* Let a servo go an eighth of the way to its goal. */
static void follow(int id)
{
    int32_t goal, position;
    memcpy(&goal, registers[id] + GOAL, 4);
    memcpy(&position, registers[id] + POSITION, 4);
    goals++;
    wrong_goals += (goal & 63) != id;
    place(id, position + (goal - position) / 8);
}

static void store(int id, int address, const uint8_t *data, int count)
{
    if (!is_there(id) || address + count > REGISTERS) return;
    uint8_t *own = registers[id];
    if (own[WATCHDOG] == 0xFF && address != WATCHDOG) return;
    memcpy(own + address, data, (size_t)count);
    if (address <= GOAL && address + count >= GOAL + 4 && own[TORQUE]) follow(id);
}

static void common_answer(const uint8_t *p, int count, double heard_at)
{
    static uint8_t out[LONGEST];
    int address = p[0] | p[1] << 8, length = p[2] | p[3] << 8, asked = count - 4, n = 8;
    int body = 1 + asked * (length + 4);
    uint8_t head[8] = {0xFF, 0xFF, 0xFD, 0, BROADCAST, (uint8_t)body, (uint8_t)(body >> 8), 0x55};
    memcpy(out, head, 8);
    uint16_t check = crc(out, 8, 0);
    for (int i = 0; i < asked && is_there(p[4 + i]) && address + length <= REGISTERS; i++) {
        int start = n;
        out[n++] = 0;
        out[n++] = p[4 + i];
        memcpy(out + n, registers[p[4 + i]] + address, (size_t)length);
        n += length;
        check = crc(out + start, n - start, check);
        out[n++] = (uint8_t)check;
        out[n++] = (uint8_t)(check >> 8);
        check = crc(out + n - 2, 2, check);
    }
    if (n > 8) say(out, n, heard_at);
}

static void obey(const uint8_t *frame, int length, double heard_at)
{
    static uint8_t p[LONGEST], out[4 * LONGEST];
    int id = frame[4], instruction = frame[7], count = 0, n = 0;
    for (int i = 8; i < length - 2; i++) {
        p[count++] = frame[i];
        if (count > 3 && !memcmp(p + count - 4, "\xFF\xFF\xFD\xFD", 4)) count--;
    }
    for (int i = 1; i <= SERVOS; i++) {
        uint8_t patience = registers[i][WATCHDOG];
        if (patience && patience < 128 && registers[i][TORQUE] && heard_at - last_heard > 0.02 * patience)
            registers[i][WATCHDOG] = 0xFF;
    }
    last_heard = heard_at;
    int address = p[0] | p[1] << 8, size = p[2] | p[3] << 8;
    if (instruction == SYNC_WRITE && count > 4) {
        for (int i = 4; i + size < count; i += size + 1) store(p[i], address, p + i + 1, size);
    } else if (instruction == FAST && count > 4) {
        common_answer(p, count, heard_at);
    } else if (instruction == SYNC_READ && count > 4) {
        for (int i = 4; i < count && is_there(p[i]) && address + size <= REGISTERS; i++)
            n += status(out + n, p[i], registers[p[i]] + address, size);
        if (n) say(out, n, heard_at);
    } else if (instruction == PING && is_there(id)) {
        uint8_t what[3] = {registers[id][0], registers[id][1], registers[id][6]};
        say(out, status(out, id, what, 3), heard_at);
    } else if (instruction == READ && is_there(id) && count == 4 && address + size <= REGISTERS) {
        say(out, status(out, id, registers[id] + address, size), heard_at);
    } else if (instruction == WRITE && is_there(id) && count > 2) {
        store(id, address, p + 2, count - 2);
        say(out, status(out, id, NULL, 0), heard_at);
    }
}

/* Obey every whole frame among what was heard; return how many bytes are done with. */
static int listen_to(const uint8_t *b, int n)
{
    int at = 0;
    double heard_at = now();
    while (n - at >= 10) {
        int length = 7 + (b[at + 5] | b[at + 6] << 8);
        if (memcmp(b + at, "\xFF\xFF\xFD", 4) || length < 10 || length > LONGEST) {
            at++;
            continue;
        }
        const uint8_t *other = memmem(b + at + 4, (size_t)(n - at - 4), "\xFF\xFF\xFD", 4);
        if (other && other + 4 < b + at + length) {
            at = (int)(other - b);
            continue;
        }
        if (n - at < length) break;
        if (baud > 0.0) heard_at += length * 10.0 / baud;
        if (crc(b + at, length - 2, 0) == (b[at + length - 2] | b[at + length - 1] << 8)) {
            obey(b + at, length, heard_at);
            at += length;
        } else {
            at++;
        }
    }
    return at;
}

static void finish(int signal)
{
    char text[80];
    (void)signal;
    int n = snprintf(text, sizeof text, "%ld %ld\n", goals, wrong_goals);
    if (write(1, text, (size_t)n)) {}
    _exit(0);
}

static void die(int signal)
{
    (void)signal;
    memcpy(dead, dying, sizeof dead);
}

int main(int argc, char **argv)
{
    int option, slave;
    while ((option = getopt(argc, argv, "b:e:i:s:d:")) != -1) {
        if (option == 'b') baud = atof(optarg);
        if (option == 'e') damage_out = atof(optarg);
        if (option == 'i') damage_in = atof(optarg);
        if (option == 's') random_state += 0x9E3779B97F4A7C15u * strtoull(optarg, NULL, 10);
        if (option == 'd') dying[atoi(optarg) & 255] = 1;
    }
    for (int i = 0; i < 256; i++) {
        uint16_t value = (uint16_t)(i << 8);
        for (int k = 0; k < 8; k++) value = (uint16_t)(value << 1) ^ (value & 0x8000 ? 0x8005 : 0);
        table[i] = value;
    }
    for (int id = 1; id <= SERVOS; id++) {
        int32_t begin = 2048 + id, most = 4095;
        uint8_t *own = registers[id];
        own[0] = 0xFC, own[1] = 0x03, own[6] = 46, own[7] = (uint8_t)id, own[11] = 3;
        memcpy(own + 48, &most, 4), memcpy(own + GOAL, &begin, 4);
        place(id, begin);
    }
    struct termios raw;
    char name[64];
    if (openpty(&master, &slave, name, NULL, NULL)) return 1;
    tcgetattr(slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    signal(SIGTERM, finish);
    signal(SIGUSR1, die);
    printf("%s\n", name);
    fflush(stdout);
    static uint8_t heard[1 << 16], raw_bytes[LONGEST];
    int n = 0;
    for (;;) {
        ssize_t got = read(master, raw_bytes, sizeof raw_bytes);
        if (got < 0 && errno != EINTR) usleep(1000);
        if (got <= 0) continue;
        if (n > (1 << 15)) n = 0;
        n += harmed(heard + n, raw_bytes, (int)got, damage_in);
        int done = listen_to(heard, n);
        memmove(heard, heard + done, (size_t)(n - done));
        n -= done;
    }
}
