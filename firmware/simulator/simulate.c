/* Run a board's firmware in simavr: its bus on a pseudo-terminal, its hardware simulated.
 *
 *   simulate FIRMWARE.elf     prints "bus /dev/pts/N", then obeys lines on its standard input:
 *     contact BIT 0|1         port K: 1 is open (pressed)
 *     analogue CHANNEL MV     an ADC input
 *     imu AX AY AZ GX GY GZ   raw numbers of the IMU; "imu" alone: the chip is gone
 *     state                   prints "state SECONDS WALL SPEED×5 BRAKE DUTY×5": simulated and real
 *                             time, true speeds [rad/s], outputs
 *     load                    prints "load CYCLES SLEPT" since the start: of the processor, and how
 *                             many it slept, or waited for simavr's slow SPI
 *     end                     stop
 *
 * Five motors of first order with 80 ms hang on the PWM outputs, LS7366R counters and an MPU-6500
 * on the SPI. Simulated time never runs ahead of real time.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <simavr/avr_adc.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_spi.h>
#include <simavr/avr_uart.h>
#include <simavr/parts/uart_pty.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DRIVES = 5, IMU_CHIP = 5, CHIPS = 6, STEP = 16000 }; /* cycles of a millisecond */
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

/* ---------------------------------------------------------------------------------- commands */

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

/* Return whether to go on. */
static int obey(const char *line, double began) {
    int which, value;
    if (sscanf(line, "contact %d %d", &which, &value) == 2) set_contact(which, value);
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

static void wait_for(double began) {
    double ahead = avr->cycle / 16e6 - (wall() - began);
    if (ahead <= 0.0) return;
    struct timespec pause = {0, (long)(1e9 * ahead)};
    nanosleep(&pause, NULL);
}

int main(int count, char **argument) {
    elf_firmware_t firmware = {0};
    if (count != 2 || elf_read_firmware(argument[1], &firmware)) {
        fprintf(stderr, "usage: simulate FIRMWARE.elf\n");
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
    static uart_pty_t line;
    uart_pty_init(avr, &line);
    uart_pty_connect(&line, '1');
    spi_answer = avr_io_getirq(avr, AVR_IOCTL_SPI_GETIRQ(0), SPI_IRQ_INPUT);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_SPI_GETIRQ(0), SPI_IRQ_OUTPUT), on_spi, 0);
    avr_irq_register_notify(
        avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('A'), IOPORT_IRQ_PIN_ALL), on_select, 0);
    for (int k = 0; k < 8; k++) set_contact(k, k == 6);
    for (int k = 0; k < 16; k++)
        avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0 + k), 3500);
    fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
    printf("bus %s\n", line.pty.slavename);
    fflush(stdout);
    double began = wall();
    for (avr_cycle_count_t next = STEP;;) {
        int is = avr_run(avr);
        if (is == cpu_Done || is == cpu_Crashed) break;
        if (avr->cycle < next) continue;
        next += STEP;
        move(1e-3);
        if (!listen(began)) break;
        wait_for(began);
    }
    fprintf(stderr, "ended after %.3f simulated seconds\n", avr->cycle / 16e6);
    avr_terminate(avr);
    return 0;
}
