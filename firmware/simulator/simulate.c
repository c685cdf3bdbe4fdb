/* Run a board's firmware in simavr: its bus on a pseudo-terminal, its hardware simulated.
 *
 *   simulate FIRMWARE.elf [stepped]   prints "bus /dev/pts/N", then obeys lines on its input:
 *     contact BIT 0|1         port K: 1 is open (pressed)
 *     analogue CHANNEL MV     an ADC input
 *     imu AX AY AZ GX GY GZ   raw numbers of the IMU; "imu" alone: the chip is gone
 *     state                   prints "state SECONDS WALL SPEED×5 BRAKE DUTY×5": simulated and real
 *                             time, true speeds [rad/s], outputs
 *     load                    prints "load CYCLES SLEPT" since the start: of the processor, and how
 *                             many it slept, or waited for simavr's slow SPI
 *     run UNTIL WRITTEN SAID  if it is stepped: go on until UNTIL [s, simulated], or until the board
 *                             has said more than SAID bytes since the start, after WRITTEN bytes
 *                             in all have come for it; then prints "ran SECONDS SAID"
 *     end                     stop
 *
 * Five motors of first order with 80 ms hang on the PWM outputs, LS7366R counters and an MPU-6500
 * on the SPI. Simulated time never runs ahead of real time; if it is stepped, it passes only
 * within "run", whatever real time does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <simavr/avr_adc.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_spi.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { DRIVES = 5, IMU_CHIP = 5, CHIPS = 6, STEP = 16000 }; /* cycles of a millisecond */
enum { SLICE = 1600, ALONG = 6400 }; /* bytes are looked for so often, and gathered for so long */
enum { PATIENCE_MS = 60000 };        /* whoever keeps us waiting for longer hangs */
enum { SPI_WAIT = 1568 }; /* cycles that a byte takes longer here than in the chip */
enum { PINS_A = 0x20, PORT_C = 0x28 };
enum { OCR4A = 0xA8, OCR4B = 0xAA, OCR4C = 0xAC, OCR5A = 0x128, OCR5B = 0x12A };
static const double NO_LOAD[DRIVES] = {10.0, 10.0, 14.0, 14.0, 45.0};
static const double LAG = 0.08, COUNTS = 4096.0 / (2.0 * M_PI);

static avr_t *avr;
static avr_cycle_count_t slept;
static avr_irq_t *spi_answer;
static double speed[DRIVES], angle[DRIVES], duty[DRIVES];
static int16_t imu[7] = {0, 0, 4096, 0, 0, 0, 0};
static int has_imu = 1;
static uint8_t selected = 0xFF; /* port A */
static uint8_t opcode, place;   /* of the byte that comes next */

/* ----------------------------------------------------------------------------------- hardware */

static uint8_t counter_byte(int drive, int number) {
    uint32_t count = (uint32_t)(int64_t)floor(angle[drive] * COUNTS);
    return count >> (24 - 8 * number) & 0xFF;
}

static uint8_t imu_byte(int address) {
    if (!has_imu) return 0xFF;
    if (address == 0x75) return 0x70;
    int at = address - 0x3B;
    if (at < 0 || at >= 14) return 0;
    return at % 2 ? imu[at / 2] & 0xFF : (uint16_t)imu[at / 2] >> 8;
}

static void on_spi(struct avr_irq_t *irq, uint32_t value, void *unused) {
    (void)irq;
    (void)unused;
    slept += SPI_WAIT;
    uint8_t answer = 0;
    for (int chip = 0; chip < CHIPS; chip++) {
        if (selected >> chip & 1) continue;
        if (place == 0) opcode = value;
        else if (chip == IMU_CHIP) answer = imu_byte((opcode & 0x7F) + place - 1);
        else if (opcode == 0x60) answer = counter_byte(chip, place - 1);
        if (place < 250) place++;
    }
    avr_raise_irq(spi_answer, answer);
}

static void on_select(struct avr_irq_t *irq, uint32_t value, void *unused) {
    (void)irq;
    (void)unused;
    if ((selected & ~value) & 0x3F) place = 0;
    selected = value;
}

static double width(int address) {
    return (avr->data[address] | avr->data[address + 1] << 8) / 800.0;
}

static void move(double seconds) {
    static const int COMPARE[DRIVES] = {OCR4A, OCR4B, OCR5A, OCR5B, OCR4C};
    for (int k = 0; k < DRIVES; k++) {
        duty[k] = (avr->data[PORT_C] >> k & 1 ? -1.0 : 1.0) * width(COMPARE[k]);
        speed[k] += seconds / LAG * (duty[k] * NO_LOAD[k] - speed[k]);
        angle[k] += seconds * speed[k];
    }
}

/* --------------------------------------------------------------------------------------- bus */

static int terminal;             /* our end of the pseudo-terminal */
static avr_irq_t *to_board;
static uint8_t coming[4096];     /* bytes on their way to the board, in a ring */
static size_t written, taken;    /* by the host, by the board; so far */
static unsigned long said;       /* by the board, so far */
static int is_ready = 1;         /* whether its buffer takes more */

static void on_said(struct avr_irq_t *irq, uint32_t value, void *unused) {
    (void)irq;
    (void)unused;
    uint8_t byte = value;
    if (write(terminal, &byte, 1) == 1) said++; /* what nobody fetches is lost */
}

static void on_flow(struct avr_irq_t *irq, uint32_t value, void *ready) {
    (void)irq;
    (void)value;
    is_ready = ready != NULL;
}

/* Take in what has come, and hand over what the board takes. */
static void carry(void) {
    uint8_t some[256];
    size_t room = sizeof coming - (written - taken);
    ssize_t got = read(terminal, some, room < sizeof some ? room : sizeof some);
    for (ssize_t k = 0; k < got; k++) coming[written++ % sizeof coming] = some[k];
    while (is_ready && taken < written) avr_raise_irq(to_board, coming[taken++ % sizeof coming]);
}

/* Wait until the host has written so much; the kernel takes its time. */
static void wait_for_bytes(size_t wanted) {
    struct pollfd end = {.fd = terminal, .events = POLLIN};
    while (written < wanted) {
        if (written - taken == sizeof coming || poll(&end, 1, PATIENCE_MS) <= 0) return;
        carry();
    }
}

static const char *open_bus(void) {
    static char name[64];
    struct termios raw;
    int host;
    cfmakeraw(memset(&raw, 0, sizeof raw));
    if (openpty(&terminal, &host, name, &raw, NULL)) exit(2); /* the host's end stays open */
    fcntl(terminal, F_SETFL, O_NONBLOCK);
    to_board = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('1'), UART_IRQ_INPUT);
    avr_irq_register_notify(
        avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('1'), UART_IRQ_OUTPUT), on_said, NULL);
    avr_irq_register_notify(
        avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('1'), UART_IRQ_OUT_XON), on_flow, &is_ready);
    avr_irq_register_notify(
        avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('1'), UART_IRQ_OUT_XOFF), on_flow, NULL);
    return name;
}

/* ---------------------------------------------------------------------------------- commands */

static int is_stepped, is_running;
static avr_cycle_count_t until;
static unsigned long enough;

static double wall(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

static void show(double began) {
    printf("state %.4f %.4f", avr->cycle / 16e6, wall() - began);
    for (int k = 0; k < DRIVES; k++) printf(" %.4f", speed[k]);
    printf(" %d", !(avr->data[PORT_C] >> 5 & 1));
    for (int k = 0; k < DRIVES; k++) printf(" %.4f", duty[k]);
    printf("\n");
    fflush(stdout);
}

static void show_load(void) {
    printf("load %llu %llu\n", (unsigned long long)avr->cycle, (unsigned long long)slept);
    fflush(stdout);
}

/* A contact pulls harder than the pull-up inside, whenever that is switched on. */
static void set_contact(int bit, int is_open) {
    static avr_ioport_external_t wires = {.name = 'K', .mask = 0xFF};
    wires.value = (wires.value & ~(1u << bit)) | (unsigned)is_open << bit;
    avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL('K'), &wires);
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('K'), bit), is_open);
}

static void set_imu(const char *line) {
    int v[6];
    has_imu = sscanf(line, "imu %d %d %d %d %d %d", v, v + 1, v + 2, v + 3, v + 4, v + 5) == 6;
    for (int k = 0; has_imu && k < 3; k++) {
        imu[k] = v[k];
        imu[4 + k] = v[3 + k];
    }
}

static void start(double seconds, unsigned long bytes, unsigned long most) {
    until = seconds * 16e6;
    enough = most;
    is_running = 1;
    wait_for_bytes(bytes);
    carry();
}

/* Return whether to go on. */
static int obey(const char *line, double began) {
    int which, value;
    double seconds;
    unsigned long bytes, most;
    if (sscanf(line, "run %lf %lu %lu", &seconds, &bytes, &most) == 3) start(seconds, bytes, most);
    else if (sscanf(line, "contact %d %d", &which, &value) == 2) set_contact(which, value);
    else if (sscanf(line, "analogue %d %d", &which, &value) == 2)
        avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0 + which), value);
    else if (strncmp(line, "imu", 3) == 0) set_imu(line);
    else if (strncmp(line, "state", 5) == 0) show(began);
    else if (strncmp(line, "load", 4) == 0) show_load();
    else return strncmp(line, "end", 3) != 0;
    return 1;
}

static int listen(double began) {
    static char text[4096];
    static size_t held;
    ssize_t got = read(0, text + held, sizeof text - 1 - held);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return 0;
    if (got > 0) held += got;
    char *end;
    while ((end = memchr(text, '\n', held)) != NULL) {
        *end = 0;
        if (!obey(text, began)) return 0;
        held -= end + 1 - text;
        memmove(text, end + 1, held);
    }
    return 1;
}

/* A sleeping processor lets simulated time pass; real time is kept below. */
static void sleep_through(avr_t *self, avr_cycle_count_t cycles) {
    (void)self;
    slept += cycles;
}

static int look_at_time(double began) {
    while (is_stepped) {
        if (is_running && said > enough) { /* the rest of the answer may come along */
            enough = ULONG_MAX;
            if (until > avr->cycle + ALONG) until = avr->cycle + ALONG;
        }
        if (is_running && avr->cycle < until) return 1;
        if (is_running) printf("ran %.9f %lu\n", avr->cycle / 16e6, said);
        fflush(stdout);
        is_running = 0;
        if (!listen(began)) return 0;
    }
    return 1;
}

static void wait_for(double began) {
    double ahead = avr->cycle / 16e6 - (wall() - began);
    if (ahead <= 0.0) return;
    struct timespec pause = {0, (long)(1e9 * ahead)};
    nanosleep(&pause, NULL);
}

int main(int count, char **argument) {
    elf_firmware_t firmware = {0};
    is_stepped = count == 3 && strcmp(argument[2], "stepped") == 0;
    if (count != 2 + is_stepped || elf_read_firmware(argument[1], &firmware)) {
        fprintf(stderr, "usage: simulate FIRMWARE.elf [stepped]\n");
        return 2;
    }
    avr = avr_make_mcu_by_name("atmega2560");
    avr_init(avr);
    avr->frequency = 16000000;
    avr->vcc = avr->avcc = avr->aref = 5000;
    avr->log = 0;
    avr->sleep = sleep_through;
    avr_load_firmware(avr, &firmware);
    avr->frequency = 16000000;
    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_GET_FLAGS('1'), &flags);
    flags &= ~(AVR_UART_FLAG_STDIO | AVR_UART_FLAG_POOL_SLEEP);
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('1'), &flags);
    const char *name = open_bus();
    spi_answer = avr_io_getirq(avr, AVR_IOCTL_SPI_GETIRQ(0), SPI_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_SPI_GETIRQ(0), SPI_IRQ_OUTPUT), on_spi, 0);
    avr_irq_register_notify(
        avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('A'), IOPORT_IRQ_PIN_ALL), on_select, 0);
    for (int k = 0; k < 8; k++) set_contact(k, k == 6);
    for (int k = 0; k < 16; k++)
        avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0 + k), 3500);
    if (!is_stepped) fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
    printf("bus %s\n", name);
    fflush(stdout);
    double began = wall();
    for (avr_cycle_count_t next = SLICE, step = STEP; look_at_time(began);) {
        int is = avr_run(avr);
        if (is == cpu_Done || is == cpu_Crashed) break;
        if (is_ready && taken < written) carry();
        if (avr->cycle < next) continue;
        next += SLICE;
        if (!is_stepped) carry();
        if (avr->cycle < step) continue;
        step += STEP;
        move(1e-3);
        if (!is_stepped && !listen(began)) break;
        if (!is_stepped) wait_for(began);
    }
    fprintf(stderr, "ended after %.3f simulated seconds\n", avr->cycle / 16e6);
    avr_terminate(avr);
    return 0;
}
