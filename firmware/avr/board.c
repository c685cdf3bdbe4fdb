#include "board.h"

#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

#include "common_table.h"
#include "flash.h"

enum { SPEAK = PE4 };  /* pin 2: drives the bus, high while this board speaks */
enum { LED = PB7 };    /* pin 13 */
enum { MAGIC = 0x5A };
enum { BAUD_115K = 2, BAUD_2M = 4 }; /* what baud_rate calls them */

enum { RING = 512 }; /* a whole Fast Sync Read of the greeter may come while the IMU is read */

static volatile uint8_t ring[RING];
static volatile uint16_t ring_head;
static uint16_t ring_tail;
static volatile uint32_t overflows;
static uint16_t analogue[16];
static uint8_t channel;

ISR(USART1_RX_vect) {
    uint16_t head = ring_head;
    ring[head] = UDR1;
    ring_head = (head + 1) % RING;
}
ISR(TIMER1_OVF_vect) { overflows++; }
EMPTY_INTERRUPT(TIMER2_COMPA_vect) /* wakes the loop every 100 us */

static uint8_t has_bytes(void) {
    uint8_t flags = SREG;
    cli();
    uint8_t is = ring_tail != ring_head;
    SREG = flags;
    return is;
}

static uint8_t next_byte(void) {
    uint8_t byte = ring[ring_tail];
    ring_tail = (ring_tail + 1) % RING;
    return byte;
}

/* ------------------------------------------------------------------------------ clock and bus */

uint32_t board_now(void) {
    uint8_t flags = SREG;
    cli();
    uint16_t ticks = TCNT1;
    uint32_t high = overflows;
    if ((TIFR1 & (1 << TOV1)) && ticks < 0x8000) high++;
    SREG = flags;
    return high * 32768u + (ticks >> 1); /* a tick is half a microsecond */
}

static void start_bus(bus *self) {
    for (uint8_t k = 0; k < self->pages; k++) { /* 16 MHz: the USART divides by 8 at least */
        self->page[k]->capped = COMMON_BAUD_RATE;
        self->page[k]->cap = BAUD_2M;
    }
    uint8_t code = self->page[0]->bytes[COMMON_BAUD_RATE];
    UCSR1A = 1 << U2X1;
    UBRR1 = code == BAUD_115K ? 16 : code == BAUD_2M ? 0 : 1;
    self->byte_time = code == BAUD_115K ? 87 : code == BAUD_2M ? 5 : 10;
    UCSR1C = 3 << UCSZ10;
    UCSR1B = 1 << RXEN1 | 1 << TXEN1 | 1 << RXCIE1;
    DDRE |= 1 << SPEAK;
}

static void speak(bus *self) {
    PORTE |= 1 << SPEAK;
    for (uint16_t k = 0; k < self->out_length; k++) {
        loop_until_bit_is_set(UCSR1A, UDRE1);
        UCSR1A |= 1 << TXC1;
        UDR1 = self->out[k];
    }
    loop_until_bit_is_set(UCSR1A, TXC1);
    PORTE &= (uint8_t)~(1 << SPEAK);
    bus_sent(self, board_now());
    if (self->is_rebooting)
        for (;;) {} /* the watchdog timer restarts the board */
}

/* Sleep until a byte or the next tenth of a millisecond comes. */
static void rest(void) {
    cli();
    if (!has_bytes()) {
        sleep_enable();
        sei();
        sleep_cpu();
        sleep_disable();
    }
    sei();
}

/* What came while nobody looked is taken as one piece: when each byte came is not known. */
static void catch_up(bus *self) {
    uint32_t before = self->heard;
    if (!has_bytes()) return;
    while (has_bytes()) bus_hear(self, next_byte(), before);
    self->heard = board_now();
}

void board_serve(bus *self, uint32_t due) {
    wdt_reset();
    catch_up(self);
    do {
        uint32_t now = board_now();
        for (uint8_t k = 0; k < 8 && has_bytes(); k++) bus_hear(self, next_byte(), now);
        if (!has_bytes()) bus_wait(self, now);
        if (self->out_length && (int32_t)(board_now() - self->out_after) >= 0) speak(self);
        if (self->is_rebooting && !self->out_length)
            for (;;) {}
        rest();
    } while ((int32_t)(board_now() - due) < 0);
    if (self->page[0]->bytes[COMMON_LED]) PORTB |= 1 << LED;
    else PORTB &= (uint8_t)~(1 << LED);
}

void board_start(bus *self) {
    wdt_enable(WDTO_120MS);
    TCCR1A = 0;
    TCCR1B = 1 << CS11;
    TIMSK1 = 1 << TOIE1;
    TCCR2A = 1 << WGM21;
    TCCR2B = 1 << CS21;
    OCR2A = 199;
    TIMSK2 = 1 << OCIE2A;
    DDRB |= 1 << PB0 | 1 << PB1 | 1 << PB2 | 1 << LED; /* SPI: SS, clock, out */
    SPCR = 1 << SPE | 1 << MSTR; /* 4 MHz */
    PORTA = DDRA = 0x3F;
    ADMUX = 1 << REFS0;
    ADCSRA = 1 << ADEN | 7;
    start_bus(self);
    sei();
}

/* ------------------------------------------------------------------------- SPI and analogue */

void board_select(uint8_t chip) { PORTA &= (uint8_t)~(1 << chip); }
void board_release(uint8_t chip) { PORTA |= 1 << chip; }

uint8_t board_spi(uint8_t byte) {
    SPDR = byte;
    loop_until_bit_is_set(SPSR, SPIF);
    return SPDR;
}

uint16_t board_analogue(uint8_t which) { return analogue[which]; }

void board_analogue_next(uint8_t channels) {
    if (ADCSRA & (1 << ADSC)) return;
    analogue[channel] = ADC;
    channel = (uint8_t)((channel + 1) % channels);
    ADMUX = 1 << REFS0 | (channel & 7);
    ADCSRB = channel >= 8 ? 1 << MUX5 : 0;
    ADCSRA |= 1 << ADSC;
}

/* ----------------------------------------------------------------------------------------- IMU */

/* InvenSense MPU-6500 and its kin; register map 2.1. */
enum { IMU_READ = 0x80, IMU_POWER = 0x6B, IMU_GYRO = 0x1B, IMU_ACCEL = 0x1C, IMU_DATA = 0x3B };
enum { IMU_WHO = 0x75, IMU_IS_6500 = 0x70 };

static uint8_t imu_register(uint8_t address, uint8_t value) {
    board_select(SPI_IMU);
    board_spi(address);
    uint8_t found = board_spi(value);
    board_release(SPI_IMU);
    return found;
}

uint8_t imu_start(void) {
    imu_register(IMU_POWER, 0x01); /* clock from the gyro */
    imu_register(IMU_GYRO, 0x18);  /* ±2000 °/s: 16.4 a degree per second */
    imu_register(IMU_ACCEL, 0x10); /* ±8 g: 4096 a g */
    return imu_register(IMU_WHO | IMU_READ, 0) == IMU_IS_6500;
}

uint8_t imu_read(int16_t gyro[3], int16_t acceleration[3]) {
    int16_t raw[7];
    board_select(SPI_IMU);
    board_spi(IMU_DATA | IMU_READ);
    for (uint8_t k = 0; k < 7; k++) {
        uint8_t high = board_spi(0);
        raw[k] = (int16_t)((uint16_t)high << 8 | board_spi(0));
    }
    board_release(SPI_IMU);
    uint8_t is_dead = 1; /* a chip that is gone reads the same in every byte */
    for (uint8_t k = 0; k < 7; k++) is_dead &= raw[k] == raw[0] && (raw[k] == 0 || raw[k] == -1);
    for (uint8_t k = 0; k < 3; k++) {
        acceleration[k] = (int16_t)((int32_t)raw[k] * 490 >> 10);
        int32_t rate = (int32_t)raw[4 + k] * 1090 >> 10;
        gyro[k] = rate > 32767 ? 32767 : rate < -32768 ? -32768 : (int16_t)rate;
    }
    return !is_dead;
}

/* -------------------------------------------------------------------------------------- EEPROM */

void board_keep(registers *table) {
    for (uint8_t k = 0; k < table->count; k++) {
        register_row row;
        flash_copy(&row, &table->rows[k], sizeof row);
        if (!(row.access & LASTING)) continue;
        eeprom_update_block(table->bytes + row.address, (void *)(row.address + 1), row.size);
    }
    eeprom_update_byte((uint8_t *)0, MAGIC);
}

/* What lies there is taken only where it may be written. */
void board_recall(registers *table) {
    if (eeprom_read_byte((uint8_t *)0) != MAGIC) return;
    for (uint8_t k = 0; k < table->count; k++) {
        register_row row;
        uint8_t data[4];
        flash_copy(&row, &table->rows[k], sizeof row);
        if (!(row.access & LASTING)) continue;
        eeprom_read_block(data, (void *)(row.address + 1), row.size);
        registers_write(table, row.address, row.size, data);
    }
}
