// Neurons of asn2fpga as layers of hls4ml: what an hls4ml project calls. Their arithmetic is that of every design of
// asn2fpga, hw/hls/neurons/*.h; here values of hls4ml's fixed-point types go in and come out as the integers behind them.
//
// Config C: n_neurons (of one time step), time_steps, stateful, base, sent_step (of one event unit in the output's
//           last bits), in_bits, out_bits, acc_t (holds the input's bits), neuron (config N of thresholds.h).
#ifndef NNET_ASN2FPGA_H_
#define NNET_ASN2FPGA_H_

#include "membrane.h"
#include "nnet_common.h"
#include "stateless.h"

#include <hls_stream.h>

namespace nnet {

// One neuron at one time step; `before` and `inflow` are what it keeps.
template <class C, bool STATEFUL> struct asn_neuron;

template <class C> struct asn_neuron<C, false> {
    typedef ap_uint<1> state_t;
    typedef ap_uint<1> inflow_t;

    static typename C::neuron::count_t fire(const typename C::acc_t &sum, bool, state_t &, inflow_t &) {
        #pragma HLS INLINE
        return asn::Thresholds<typename C::neuron, 1>(0).count_of(sum, 0);
    }
};

template <class C> struct asn_neuron<C, true> {
    typedef asn::MembraneLanes<typename C::neuron, 1> lane_t;
    typedef typename lane_t::states_t state_t;
    typedef typename lane_t::inflow_t inflow_t;

    static typename C::neuron::count_t fire(const typename C::acc_t &sum, bool first_step, state_t &state,
                                            inflow_t &inflow) {
        #pragma HLS INLINE
        const ap_uint<C::in_bits> bits = sum;
        return lane_t(0).template fire<typename C::acc_t>(bits, first_step, state, inflow);
    }
};

// The value that a neuron sends for the value it reads.
template <class C, class data_T, class res_T>
res_T asn_sent(const data_T &x, bool first_step, typename asn_neuron<C, C::stateful>::state_t &state,
               typename asn_neuron<C, C::stateful>::inflow_t &inflow) {
    #pragma HLS INLINE
    typename C::acc_t sum;
    sum.range(C::in_bits - 1, 0) = x.range(C::in_bits - 1, 0);
    const ap_int<32> count = asn_neuron<C, C::stateful>::fire(sum, first_step, state, inflow);
    const ap_int<32> sent = (count + C::base) * C::sent_step;
    res_T result;
    result.range(C::out_bits - 1, 0) = sent.range(C::out_bits - 1, 0);
    return result;
}

// io_parallel: (time_steps, n_neurons) values.
template <class data_T, class res_T, typename C>
void asn_neurons(data_T data[C::time_steps * C::n_neurons], res_T res[C::time_steps * C::n_neurons]) {
    #pragma HLS PIPELINE
    typename asn_neuron<C, C::stateful>::state_t state[C::n_neurons];
    typename asn_neuron<C, C::stateful>::inflow_t inflow[C::n_neurons];
    #pragma HLS ARRAY_PARTITION variable=state complete
    #pragma HLS ARRAY_PARTITION variable=inflow complete
    for (unsigned t = 0; t < C::time_steps; t++) {
        for (unsigned i = 0; i < C::n_neurons; i++) {
            res[t * C::n_neurons + i] =
                asn_sent<C, data_T, res_T>(data[t * C::n_neurons + i], t == 0, state[i], inflow[i]);
        }
    }
}

// io_stream: time_steps * n_neurons values, data_T::size of them a word, a whole number of words a time step.
template <class data_T, class res_T, typename C>
void asn_neurons(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    typename asn_neuron<C, C::stateful>::state_t state[C::n_neurons];
    typename asn_neuron<C, C::stateful>::inflow_t inflow[C::n_neurons];
    for (unsigned t = 0; t < C::time_steps; t++) {
        for (unsigned word = 0; word < C::n_neurons / data_T::size; word++) {
            #pragma HLS PIPELINE
            const data_T in = data.read();
            res_T out;
            for (unsigned i = 0; i < data_T::size; i++) {
                #pragma HLS UNROLL
                const unsigned neuron = word * data_T::size + i;
                out[i] = asn_sent<C, typename data_T::value_type, typename res_T::value_type>(
                    in[i], t == 0, state[neuron], inflow[neuron]);
            }
            res.write(out);
        }
    }
}

// The same values at each time step. Config C: n_values, time_steps.
template <class data_T, class res_T, typename C>
void asn_repeat_time(data_T data[C::n_values], res_T res[C::time_steps * C::n_values]) {
    #pragma HLS PIPELINE
    for (unsigned t = 0; t < C::time_steps; t++) {
        for (unsigned i = 0; i < C::n_values; i++) {
            res[t * C::n_values + i] = data[i];
        }
    }
}

template <class data_T, class res_T, typename C>
void asn_repeat_time(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    const data_T in = data.read();
    for (unsigned t = 0; t < C::time_steps; t++) {
        #pragma HLS PIPELINE
        res_T out;
        for (unsigned i = 0; i < data_T::size; i++) {
            #pragma HLS UNROLL
            out[i] = in[i];
        }
        res.write(out);
    }
}

// The sum over time, whose bits are also those of the mean of a power of two of steps. Config C: n_values, time_steps,
// in_bits, out_bits, sum_t.
template <class C, class data_T> typename C::sum_t asn_bits(const data_T &x) {
    #pragma HLS INLINE
    typename C::value_t value;
    value.range(C::in_bits - 1, 0) = x.range(C::in_bits - 1, 0);
    return value;
}

template <class data_T, class res_T, typename C>
void asn_sum_time(data_T data[C::time_steps * C::n_values], res_T res[C::n_values]) {
    #pragma HLS PIPELINE
    for (unsigned i = 0; i < C::n_values; i++) {
        typename C::sum_t sum = 0;
        for (unsigned t = 0; t < C::time_steps; t++) {
            sum += asn_bits<C>(data[t * C::n_values + i]);
        }
        res[i].range(C::out_bits - 1, 0) = sum.range(C::out_bits - 1, 0);
    }
}

template <class data_T, class res_T, typename C>
void asn_sum_time(hls::stream<data_T> &data, hls::stream<res_T> &res) {
    typename C::sum_t sum[data_T::size];
    #pragma HLS ARRAY_PARTITION variable=sum complete
    for (unsigned t = 0; t < C::time_steps; t++) {
        #pragma HLS PIPELINE
        const data_T in = data.read();
        for (unsigned i = 0; i < data_T::size; i++) {
            #pragma HLS UNROLL
            sum[i] = (t == 0 ? typename C::sum_t(0) : sum[i]) + asn_bits<C>(in[i]);
        }
    }
    res_T out;
    for (unsigned i = 0; i < data_T::size; i++) {
        #pragma HLS UNROLL
        out[i].range(C::out_bits - 1, 0) = sum[i].range(C::out_bits - 1, 0);
    }
    res.write(out);
}

} // namespace nnet
#endif
