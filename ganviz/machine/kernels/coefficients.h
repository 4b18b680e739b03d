// Written by tools/make_coefficients.py, which says what each of them approximates. Do not edit.

#ifndef COEFFICIENTS_H
#define COEFFICIENTS_H

static const float LOG2_E_f32 = 0x1.7154760000000p+0f;

static const double LOG2_E_f64 = 0x1.71547652b82fep+0;

static const float LN2_f32[] = {
    0x1.62e4000000000p-1f,
    0x1.7f7d1c0000000p-20f,
};

static const double LN2_f64[] = {
    0x1.62e42fefa3800p-1,
    0x1.ef35793c76730p-45,
};

static const double TWO_OVER_PI_f64 = 0x1.45f306dc9c883p-1;

static const double HALF_PI_f64[] = {
    0x1.921fb54442d18p+0,
    0x1.1a62633145c07p-54,
    -0x1.f1976b7ed8fbcp-110,
};

static const float TWO_PI_f32[] = {
    0x1.921fb60000000p+2f,
    -0x1.777a5c0000000p-23f,
};

static const double TWO_PI_f64[] = {
    0x1.921fb54442d18p+2,
    0x1.1a62633145c07p-52,
};

static const double THIRD_f64[] = {
    0x1.5555555555555p-2,
    0x1.5555555555555p-56,
};

static const float EXP_f32[] = {
    0x1.0000000000000p-1f,
    0x1.5555560000000p-3f,
    0x1.5554ea0000000p-5f,
    0x1.1110e00000000p-7f,
    0x1.6d43240000000p-10f,
    0x1.a124f20000000p-13f,
};

static const double EXP_f64[] = {
    0x1.0000000000000p-1,
    0x1.5555555555557p-3,
    0x1.5555555555556p-5,
    0x1.11111111100dcp-7,
    0x1.6c16c16c162d4p-10,
    0x1.a01a01abe7fe1p-13,
    0x1.a01a01a6d889cp-16,
    0x1.71de0231960ebp-19,
    0x1.27e4db646b17ep-22,
    0x1.af4de97ca4194p-26,
    0x1.1f730349868cep-29,
};

static const float LOG_f32[] = {
    0x1.5555560000000p-1f,
    0x1.9999ec0000000p-2f,
    0x1.245c400000000p-2f,
    0x1.ddcf720000000p-3f,
};

static const double LOG_f64[] = {
    0x1.5555555555555p-1,
    0x1.9999999999a38p-2,
    0x1.2492492476c87p-2,
    0x1.c71c720160b47p-3,
    0x1.745cf901605f7p-3,
    0x1.3b1c360763b8ap-3,
    0x1.0fbe83c2cbcf3p-3,
    0x1.0c04595972ab8p-3,
};

static const double LOG_FAR_f64[] = {
    0x1.999999999999ap-3,
    0x1.2492492492491p-3,
    0x1.c71c71c71cfd9p-4,
    0x1.745d174513593p-4,
    0x1.3b13b1bc75cd4p-4,
    0x1.1110dfad0f8eap-4,
    0x1.e1f7fa7547177p-5,
    0x1.ac4a89c964b82p-5,
    0x1.b8d433113b7fap-5,
};

static const double SINE_f64[] = {
    -0x1.5555555555555p-3,
    0x1.1111111111110p-7,
    -0x1.a01a01a019936p-13,
    0x1.71de3a54605eep-19,
    -0x1.ae64541266378p-26,
    0x1.61217ec01749dp-33,
    -0x1.ab17a79237a19p-41,
};

static const double SINE_short_f64[] = {
    -0x1.555555545dd83p-3,
    0x1.11110deeb33b2p-7,
    -0x1.a013a6edc8f34p-13,
    0x1.6dbdd26f56d2dp-19,
};

static const double COSINE_f64[] = {
    0x1.5555555555555p-5,
    -0x1.6c16c16c16966p-10,
    0x1.a01a019f4e867p-16,
    -0x1.27e4fa17a41b4p-22,
    0x1.1eeb68b109173p-29,
    -0x1.907d7aebd5e3dp-37,
};

static const double COSINE_short_f64[] = {
    0x1.555554414e3a6p-5,
    -0x1.6c12d2887c343p-10,
    0x1.9bd86445fb99bp-16,
};

static const float TURN_SINE_f32[] = {
    -0x1.4abbce0000000p+5f,
    0x1.466bc20000000p+6f,
    -0x1.32ce1e0000000p+6f,
    0x1.4cb7620000000p+5f,
};

static const double TURN_SINE_f64[] = {
    -0x1.4abbce625be53p+5,
    0x1.466bc6775aae1p+6,
    -0x1.32d2cce62b872p+6,
    0x1.50783486facaap+5,
    -0x1.e3074d2614b2dp+3,
    0x1.e8f036bcd3237p+1,
    -0x1.6cc577dadd922p-1,
};

static const float TURN_COSINE_f32[] = {
    -0x1.3bd3cc0000000p+4f,
    0x1.03c1ea0000000p+6f,
    -0x1.55cb980000000p+6f,
    0x1.db64920000000p+5f,
};

static const double TURN_COSINE_f64[] = {
    -0x1.3bd3cc9be45dep+4,
    0x1.03c1f081b5ac0p+6,
    -0x1.55d3c7e3cb241p+6,
    0x1.e1f5068688d5bp+5,
    -0x1.a6d1eef479be1p+4,
    0x1.f9ce245cada0bp+2,
    -0x1.b2f3eb054afcdp+0,
};

#endif
