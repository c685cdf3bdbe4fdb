/* A control table: bytes that the host reads and writes by address, within limits. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

/* Errors that a status packet reports (ROBOTIS e-manual, "DYNAMIXEL Protocol 2.0", Status). */
enum {
    ERROR_NONE = 0,
    ERROR_RESULT = 1,
    ERROR_INSTRUCTION = 2,
    ERROR_CRC = 3,
    ERROR_RANGE = 4,
    ERROR_LENGTH = 5,
    ERROR_LIMIT = 6,
    ERROR_ACCESS = 7,
    ALERT = 0x80
};

enum { READ_ONLY = 0, WRITABLE = 1, LASTING = 2 }; /* LASTING: kept in EEPROM, refused while armed */

typedef struct {
    uint16_t address;
    uint8_t size;     /* 1, 2 or 4 */
    uint8_t access;
    int32_t low, high; /* what may be written */
} register_row;

typedef struct registers {
    const register_row *rows; /* in flash, by address */
    uint8_t count;
    uint8_t *bytes;
    uint16_t size;
    uint8_t is_armed; /* registers in EEPROM cannot be written now */
    uint16_t capped;  /* where a register is whose highest value this hardware lowers … */
    uint8_t cap;      /* … to this; 0: none is */
    void *owner;
    /* What else stands against a write; 0 for nothing. Called when all else is right. */
    uint8_t (*refuses)(void *owner, uint16_t address, uint16_t length, const uint8_t *data);
    /* Registers have just been written. */
    void (*written)(void *owner, uint16_t address, uint16_t length);
} registers;

/* Return 0 if so many bytes may be read, or an error. */
uint8_t registers_check_read(const registers *table, uint16_t address, uint16_t length);

/* Write all of it, or nothing: whole registers only, each within its limits. */
uint8_t registers_write(registers *table, uint16_t address, uint16_t length, const uint8_t *data);

/* The number in a register of 1, 2 or 4 bytes; bytes and words without sign if is_signed is 0. */
int32_t registers_number(const uint8_t *bytes, uint8_t size, uint8_t is_signed);

#endif
