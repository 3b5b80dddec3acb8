package dev.gatun.ptx.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of instruction forms: everything the machine runs, and nothing else.
 *
 * <p>A row is an opcode with its modifiers, then its operands (see {@link OperandSlot}), then {@code @version/target} where
 * the ISA added the form after PTX 6.0 and sm_70; {@code 90a}: only for targets with an a.
 */
public final class Forms {
    private static final String INTEGER = """
            add|sub.{T:u16,s16,u32,s32,u64,s64}                        =T T T
            add|sub.sat.{T:s32}                                        =T T T
            add.{T:u16x2,s16x2}                                        =T T T       @8.0/90
            add|sub.cc.{T:u32,s32,u64,s64}                             =T T T
            addc|subc.cc?.{T:u32,s32,u64,s64}                          =T T T
            mad.{H:lo,hi}.cc.{T:u32,s32,u64,s64}                       =T T T T
            madc.{H:lo,hi}.cc?.{T:u32,s32,u64,s64}                     =T T T T
            mul.{H:lo,hi}.{T:u16,s16,u32,s32,u64,s64}                  =T T T
            mul.wide.{T:u16,s16,u32,s32}                               =2T T T
            mad.{H:lo,hi}.{T:u16,s16,u32,s32,u64,s64}                  =T T T T
            mad.hi.sat.{T:s32}                                         =T T T T
            mad.wide.{T:u16,s16,u32,s32}                               =2T T T 2T
            mul24.{H:lo,hi}.{T:u32,s32}                                =T T T
            mad24.{H:lo,hi}.{T:u32,s32}                                =T T T T
            mad24.hi.sat.{T:s32}                                       =T T T T
            sad.{T:u16,s16,u32,s32,u64,s64}                            =T T T T
            div|rem.{T:u16,s16,u32,s32,u64,s64}                        =T T T
            abs|neg.{T:s16,s32,s64}                                    =T T
            min|max.{T:u16,s16,u32,s32,u64,s64}                        =T T T
            min|max.{T:u16x2}                                          =T T T       @8.0/90
            min|max.relu?.{T:s16x2}                                    =T T T       @8.0/90
            min|max.relu.{T:s32}                                       =T T T       @8.0/90
            popc|clz.{T:b32,b64}                                       =u32 T
            bfind.shiftamt?.{T:u32,s32,u64,s64}                        =u32 T
            fns.b32                                                    =b32 b32 b32 s32
            brev.{T:b32,b64}                                           =T T
            bfe.{T:u32,s32,u64,s64}                                    =T T u32 u32
            bfi.{T:b32,b64}                                            =T T T u32 u32
            szext.{M:clamp,wrap}.{T:u32,s32}                           =T T u32     @7.6
            bmsk.{M:clamp,wrap}.{T:b32}                                =T u32 u32   @7.6
            dp4a.{A:u32,s32}.{B:u32,s32}                               =u32 u32 u32 u32
            dp2a.{M:lo,hi}.{A:u32,s32}.{B:u32,s32}                     =u32 u32 u32 u32
            """;

    private static final String FLOAT = """
            testp.{Q:finite,infinite,number,notanumber,normal,subnormal}.{T:f32,f64} =p T
            copysign.{T:f32,f64}                                       =T T T
            add|sub|mul.{R:rn,rz,rm,rp}?.ftz?.sat?.{T:f32}             =T T T
            add|sub|mul.{R:rn,rz,rm,rp}?.{T:f64}                       =T T T
            fma|mad.{R:rn,rz,rm,rp}.ftz?.sat?.{T:f32}                  =T T T T
            fma|mad.{R:rn,rz,rm,rp}.{T:f64}                            =T T T T
            div.{M:approx,full}.ftz?.{T:f32}                           =T T T
            div.{R:rn,rz,rm,rp}.ftz?.{T:f32}                           =T T T
            div.{R:rn,rz,rm,rp}.{T:f64}                                =T T T
            abs|neg.ftz?.{T:f32}                                       =T T
            abs|neg.{T:f64}                                            =T T
            min|max.ftz?.{T:f32}                                       =T T T
            min|max.ftz?.NaN.{T:f32}                                   =T T T       @7.0/80
            min|max.ftz?.NaN?.xorsign.abs.{T:f32}                      =T T T       @7.2/86
            min|max.{T:f64}                                            =T T T
            rcp|sqrt.approx.ftz?.{T:f32}                               =T T
            rcp|sqrt.{R:rn,rz,rm,rp}.ftz?.{T:f32}                      =T T
            rcp|sqrt.{R:rn,rz,rm,rp}.{T:f64}                           =T T
            rcp|rsqrt.approx.ftz.{T:f64}                               =T T
            rsqrt.approx.{T:f64}                                       =T T
            rsqrt|sin|cos|lg2|ex2.approx.ftz?.{T:f32}                  =T T
            tanh.approx.{T:f32}                                        =T T         @7.0/75
            add|sub|mul.rn?.ftz?.sat?.{T:f16,f16x2}                    =T T T
            add|sub|mul.rn?.{T:bf16,bf16x2}                            =T T T       @7.8/90
            fma.rn.ftz?.sat?.{T:f16,f16x2}                             =T T T T
            fma.rn.ftz?.relu.{T:f16,f16x2}                             =T T T T     @7.0/80
            fma.rn.relu?.{T:bf16,bf16x2}                               =T T T T     @7.0/80
            abs|neg.ftz?.{T:f16,f16x2}                                 =T T
            abs|neg.{T:bf16,bf16x2}                                    =T T         @7.0/80
            min|max.ftz?.NaN?.{T:f16,f16x2}                            =T T T       @7.0/80
            min|max.NaN?.{T:bf16,bf16x2}                               =T T T       @7.0/80
            min|max.ftz?.NaN?.xorsign.abs.{T:f16,f16x2}                =T T T       @7.2/86
            min|max.NaN?.xorsign.abs.{T:bf16,bf16x2}                   =T T T       @7.2/86
            tanh.approx.{T:f16,f16x2}                                  =T T         @7.0/75
            tanh.approx.{T:bf16,bf16x2}                                =T T         @7.8/90
            ex2.approx.{T:f16,f16x2}                                   =T T         @7.0/75
            ex2.approx.ftz.{T:bf16,bf16x2}                             =T T         @7.8/90
            """;

    private static final String COMPARE = """
            setp.{C:eq,ne,lt,le,gt,ge}.{T:s16,s32,s64}                 =p|p T T
            setp.{C:eq,ne,lt,le,gt,ge,lo,ls,hi,hs}.{T:u16,u32,u64}     =p|p T T
            setp.{C:eq,ne}.{T:b16,b32,b64}                             =p|p T T
            setp.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.ftz?.{T:f32} =p|p T T
            setp.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.{T:f64} =p|p T T
            setp.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.ftz?.{T:f16} =p T T
            setp.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.ftz?.{T:f16x2} =p|p T T
            setp.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.{T:bf16} =p T T @7.8/90
            setp.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.{T:bf16x2} =p|p T T @7.8/90
            setp.{C:eq,ne,lt,le,gt,ge}.{B:and,or,xor}.{T:s16,s32,s64}  =p|p T T !p
            setp.{C:eq,ne,lt,le,gt,ge,lo,ls,hi,hs}.{B:and,or,xor}.{T:u16,u32,u64} =p|p T T !p
            setp.{C:eq,ne}.{B:and,or,xor}.{T:b16,b32,b64}              =p|p T T !p
            setp.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.{B:and,or,xor}.ftz?.{T:f32} =p|p T T !p
            setp.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.{B:and,or,xor}.{T:f64} =p|p T T !p
            setp.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.{B:and,or,xor}.ftz?.{T:f16} =p T T !p
            setp.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.{B:and,or,xor}.ftz?.{T:f16x2} =p|p T T !p
            set.{C:eq,ne,lt,le,gt,ge}.{D:u32,s32,f32}.{T:s16,s32,s64}  =D T T
            set.{C:eq,ne,lt,le,gt,ge,lo,ls,hi,hs}.{D:u32,s32,f32}.{T:u16,u32,u64} =D T T
            set.{C:eq,ne}.{D:u32,s32,f32}.{T:b16,b32,b64}              =D T T
            set.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.ftz?.{D:u32,s32,f32}.{T:f32} =D T T
            set.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.{D:u32,s32,f32}.{T:f64} =D T T
            set.{C:eq,ne,lt,le,gt,ge}.{B:and,or,xor}.{D:u32,s32,f32}.{T:s16,s32,s64,b16,b32,b64} =D T T !p
            set.{C:eq,ne,lt,le,gt,ge,lo,ls,hi,hs}.{B:and,or,xor}.{D:u32,s32,f32}.{T:u16,u32,u64} =D T T !p
            set.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.{B:and,or,xor}.ftz?.{D:u32,s32,f32}.{T:f32} =D T T !p
            set.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.ftz?.{D:f16x2}.{T:f16x2} =D T T
            set.{C:eq,ne,lt,le,gt,ge,equ,neu,ltu,leu,gtu,geu,num,nan}.ftz?.{D:f16}.{T:f16} =D T T
            selp.{T:b16,b32,b64,u16,u32,u64,s16,s32,s64,f32,f64}       =T T T p
            slct.{T:b16,b32,b64,u16,u32,u64,s16,s32,s64,f32,f64}.{C:s32} =T T T C
            slct.ftz?.{T:b16,b32,b64,u16,u32,u64,s16,s32,s64,f32,f64}.{C:f32} =T T T C
            """;

    private static final String BITS = """
            and|or|xor.pred                                            =p p p
            not.pred                                                   =p p
            and|or|xor.{T:b16,b32,b64}                                 =T T T
            not|cnot.{T:b16,b32,b64}                                   =T T
            lop3.b32                                                   =b32 b32 b32 b32 #
            lop3.{B:or,and}.b32                                        =b32|p b32 b32 b32 # !p @8.2
            shf.{D:l,r}.{M:clamp,wrap}.b32                             =b32 b32 b32 u32
            shl.{T:b16,b32,b64}                                        =T T u32
            shr.{T:b16,b32,b64,u16,u32,u64,s16,s32,s64}                =T T u32
            prmt.{M:f4e,b4e,rc8,ecl,ecr,rc16}?.b32                     =b32 b32 b32 u32
            """;

    private static final String MOVE = """
            mov.pred                                                   =p p
            mov.{T:b16,b32,b64,u16,u32,u64,s16,s32,s64,f32,f64}        =T T
            mov.{T:b32,b64}                                            =T {}
            mov.{T:b32,b64}                                            ={} T
            ld.weak?.{S:const,global,local,param,param::entry,param::func,shared,shared::cta,shared::cluster}?.{K:ca,cg,cs,lu,cv}?.{E:L1::evict_normal,L1::evict_unchanged,L1::evict_first,L1::evict_last,L1::no_allocate}?.{H:L2::cache_hint}?.{P:L2::64B,L2::128B,L2::256B}?.{V:v2,v4}?.{T:b8,b16,b32,b64,u8,u16,u32,u64,s8,s16,s32,s64,f32,f64} =V*T~ [S] b64&H
            ld.volatile.{S:global,shared,shared::cta,shared::cluster}?.{V:v2,v4}?.{T:b8,b16,b32,b64,u8,u16,u32,u64,s8,s16,s32,s64,f32,f64} =V*T~ [S]
            ld.{O:relaxed,acquire}.{G:cta,cluster,gpu,sys}.{S:global,shared,shared::cta,shared::cluster}?.{E:L1::evict_normal,L1::evict_unchanged,L1::evict_first,L1::evict_last,L1::no_allocate}?.{H:L2::cache_hint}?.{P:L2::64B,L2::128B,L2::256B}?.{V:v2,v4}?.{T:b8,b16,b32,b64,u8,u16,u32,u64,s8,s16,s32,s64,f32,f64} =V*T~ [S] b64&H
            ld.{S:global}.{K:ca,cg,cs}?.nc.{E:L1::evict_normal,L1::evict_unchanged,L1::evict_first,L1::evict_last,L1::no_allocate}?.{H:L2::cache_hint}?.{P:L2::64B,L2::128B,L2::256B}?.{V:v2,v4}?.{T:b8,b16,b32,b64,u8,u16,u32,u64,s8,s16,s32,s64,f32,f64} =V*T~ [S] b64&H
            ldu.{S:global}?.{V:v2,v4}?.{T:b8,b16,b32,b64,u8,u16,u32,u64,s8,s16,s32,s64,f32,f64} =V*T~ [S]
            st.weak?.{S:global,local,param,param::func,shared,shared::cta,shared::cluster}?.{K:wb,cg,cs,wt}?.{E:L1::evict_normal,L1::evict_unchanged,L1::evict_first,L1::evict_last,L1::no_allocate}?.{H:L2::cache_hint}?.{V:v2,v4}?.{T:b8,b16,b32,b64,u8,u16,u32,u64,s8,s16,s32,s64,f32,f64} [S] V*T~ b64&H
            st.volatile.{S:global,shared,shared::cta,shared::cluster}?.{V:v2,v4}?.{T:b8,b16,b32,b64,u8,u16,u32,u64,s8,s16,s32,s64,f32,f64} [S] V*T~
            st.{O:relaxed,release}.{G:cta,cluster,gpu,sys}.{S:global,shared,shared::cta,shared::cluster}?.{E:L1::evict_normal,L1::evict_unchanged,L1::evict_first,L1::evict_last,L1::no_allocate}?.{H:L2::cache_hint}?.{V:v2,v4}?.{T:b8,b16,b32,b64,u8,u16,u32,u64,s8,s16,s32,s64,f32,f64} [S] V*T~ b64&H
            prefetch.{S:global,local}?.{L:L1,L2}                       [S]
            prefetch.{S:global}.{L:L2::evict_last,L2::evict_normal}    [S]          @7.4/80
            prefetchu.L1                                               [generic]
            discard.{S:global}?.L2                                     [S] #        @7.4/80
            applypriority.{S:global}?.L2::evict_normal                 [S] #        @7.4/80
            createpolicy.fractional.{E:L2::evict_last,L2::evict_normal,L2::evict_first,L2::evict_unchanged}.{F:L2::evict_first,L2::evict_unchanged}?.b64 =b64 f32? @7.4/80
            isspacep.{Q:const,global,local,shared,shared::cta,shared::cluster} =p u64
            isspacep.{Q:param}                                         =p u64       @7.7
            cvta.{Q:const,global,local,shared,shared::cta,shared::cluster}.{T:u64} =T T
            cvta.to.{Q:const,global,local,shared,shared::cta,shared::cluster}.{T:u64} =T T
            cvta.{Q:param}.{T:u64}                                     =T T         @7.7
            cvta.to.{Q:param}.{T:u64}                                  =T T         @7.7
            """;

    private static final String CONVERT = """
            cvt.sat?.{D:u8,u16,u32,u64,s8,s16,s32,s64}.{A:u8,u16,u32,u64,s8,s16,s32,s64} =D~ A~
            cvt.{I:rni,rzi,rmi,rpi}.ftz?.sat?.{D:u8,u16,u32,u64,s8,s16,s32,s64}.{A:f32} =D~ A
            cvt.{I:rni,rzi,rmi,rpi}.sat?.{D:u8,u16,u32,u64,s8,s16,s32,s64}.{A:f64} =D~ A
            cvt.{I:rni,rzi,rmi,rpi}.sat?.{D:u8,u16,u32,u64,s8,s16,s32,s64}.{A:f16} =D~ A
            cvt.{I:rni,rzi,rmi,rpi}.{D:u16,u32,u64,s16,s32,s64}.{A:bf16} =D~ A @7.8/90
            cvt.{R:rn,rz,rm,rp}.sat?.{D:f16,f32,f64}.{A:u8,u16,u32,u64,s8,s16,s32,s64} =D A~
            cvt.{R:rn,rz,rm,rp}.{D:bf16}.{A:u16,u32,u64,s16,s32,s64} =D A~ @7.8/90
            cvt.{I:rni,rzi,rmi,rpi}?.ftz?.sat?.{D:f32}.{A:f32}         =D A
            cvt.{I:rni,rzi,rmi,rpi}?.sat?.{D:f64}.{A:f64}              =D A
            cvt.{I:rni,rzi,rmi,rpi}?.sat?.{D:f16}.{A:f16}              =D A
            cvt.ftz?.sat?.{D:f32}.{A:f16}                              =D A
            cvt.ftz?.sat?.{D:f64}.{A:f32}                              =D A
            cvt.sat?.{D:f64}.{A:f16}                                   =D A
            cvt.{R:rn,rz,rm,rp}.ftz?.sat?.{D:f32}.{A:f64}              =D A
            cvt.{R:rn,rz,rm,rp}.ftz?.sat?.{D:f16}.{A:f32}              =D A
            cvt.{R:rn,rz,rm,rp}.sat?.{D:f16}.{A:f64}                   =D A
            cvt.{R:rn,rz}.relu.{D:f16}.{A:f32}                         =D A         @7.0/80
            cvt.{R:rn,rz}.relu?.{D:bf16}.{A:f32}                       =D A         @7.0/80
            cvt.{D:f32}.{A:bf16}                                       =D A         @7.1/80
            cvt.{R:rn,rz}.relu?.{D:f16x2,bf16x2}.{A:f32}               =D A A       @7.0/80
            cvt.{R:rna}.{D:tf32}.{A:f32}                               =D A         @7.0/80
            cvt.{R:rn,rz}.relu?.{D:tf32}.{A:f32}                       =D A         @7.8/90
            cvt.rn.satfinite.relu?.{D:e4m3x2,e5m2x2}.{A:f32}           =D A A       @8.1/89
            cvt.rn.satfinite.relu?.{D:e4m3x2,e5m2x2}.{A:f16x2}         =D A         @8.1/89
            cvt.rn.relu?.{D:f16x2}.{A:e4m3x2,e5m2x2}                   =D A         @8.1/89
            cvt.pack.sat.{D:u16,s16}.{A:s32}                           =u32 A A     @6.5/72
            cvt.pack.sat.{D:u8,s8}.{A:s32}.b32                         =u32 A A b32 @6.5/72
            """;

    private static final String CONTROL = """
            bra.uni?                                                   L
            brx.idx.uni?                                               u32 LL
            ret.uni?
            exit
            trap
            brkpt
            pmevent                                                    #
            nanosleep.u32                                              u32
            griddepcontrol.{M:launch_dependents,wait}                               @7.8/90
            setmaxnreg.{M:inc,dec}.sync.aligned.u32                    #            @8.0/90a
            """;

    private static final String WARP = """
            shfl.sync.{M:up,down,bfly,idx}.b32                         =b32|p b32 u32 u32 u32
            vote.sync.{M:all,any,uni}.pred                             =p !p u32
            vote.sync.ballot.b32                                       =b32 !p u32
            match.any.sync.{T:b32,b64}                                 =b32 T u32
            match.all.sync.{T:b32,b64}                                 =b32|p T u32
            activemask.b32                                             =b32
            redux.sync.{M:add,min,max}.{T:u32,s32}                     =T T u32     @7.0/80
            redux.sync.{M:and,or,xor}.{T:b32}                          =T T u32     @7.0/80
            elect.sync                                                 =b32|p u32   @8.0/90
            bar.warp.sync                                              u32
            """;

    private static final String SYNC = """
            bar.cta?.sync                                              u32 u32?
            bar.cta?.arrive                                            u32 u32
            bar.cta?.red.popc.u32                                      =u32 u32 u32? !p
            bar.cta?.red.{M:and,or}.pred                               =p u32 u32? !p
            barrier.cta?.sync.aligned?                                 u32 u32?
            barrier.cta?.arrive.aligned?                               u32 u32
            barrier.cta?.red.popc.aligned?.u32                         =u32 u32 u32? !p
            barrier.cta?.red.{M:and,or}.aligned?.pred                  =p u32 u32? !p
            membar.{G:cta,gl,sys}
            fence.{O:sc,acq_rel}?.{G:cta,gpu,sys}
            fence.{O:sc,acq_rel}?.{G:cluster}                                       @7.8/90
            fence.{O:acquire,release}.{G:cta,cluster,gpu,sys}
            fence.mbarrier_init.release.cluster                                     @8.0/90
            fence.proxy.{Y:alias}                                                   @7.5
            fence.proxy.async.{Y:global,shared::cta}?                             @8.0/90
            mbarrier.init.{S:shared,shared::cta}?.b64                  [S] u32      @7.0/80
            mbarrier.inval.{S:shared,shared::cta}?.b64                 [S]          @7.0/80
            mbarrier.{A:arrive,arrive_drop}.{S:shared,shared::cta}?.b64 =b64 [S]    @7.0/80
            mbarrier.{A:arrive,arrive_drop}.{S:shared,shared::cta}?.b64 =b64 [S] u32 @7.8/90
            mbarrier.{A:arrive,arrive_drop}.noComplete.{S:shared,shared::cta}?.b64 =b64 [S] u32 @7.0/80
            mbarrier.{A:arrive,arrive_drop}.{O:release}.{G:cta,cluster}.{S:shared,shared::cta}?.b64 =b64 [S] u32? @8.0/90
            mbarrier.{A:arrive,arrive_drop}.expect_tx.{S:shared,shared::cta}?.b64 =b64 [S] u32 @8.0/90
            mbarrier.{A:arrive,arrive_drop}.expect_tx.{O:release}.{G:cta,cluster}.{S:shared,shared::cta}?.b64 =b64 [S] u32 @8.0/90
            mbarrier.{A:expect_tx,complete_tx}.{O:relaxed}.{G:cta,cluster}.{S:shared,shared::cta,shared::cluster}?.b64 [S] u32 @8.0/90
            mbarrier.test_wait.{S:shared,shared::cta}?.b64             =p [S] b64   @7.0/80
            mbarrier.test_wait.parity.{S:shared,shared::cta}?.b64      =p [S] u32   @7.1/80
            mbarrier.test_wait.{O:acquire}.{G:cta,cluster}.{S:shared,shared::cta}?.b64 =p [S] b64 @8.0/90
            mbarrier.test_wait.parity.{O:acquire}.{G:cta,cluster}.{S:shared,shared::cta}?.b64 =p [S] u32 @8.0/90
            mbarrier.try_wait.{S:shared,shared::cta}?.b64              =p [S] b64 u32? @7.8/90
            mbarrier.try_wait.parity.{S:shared,shared::cta}?.b64       =p [S] u32 u32? @7.8/90
            mbarrier.try_wait.{O:acquire}.{G:cta,cluster}.{S:shared,shared::cta}?.b64 =p [S] b64 u32? @8.0/90
            mbarrier.try_wait.parity.{O:acquire}.{G:cta,cluster}.{S:shared,shared::cta}?.b64 =p [S] u32 u32? @8.0/90
            mbarrier.pending_count.b64                                 =u32 b64     @7.0/80
            """;

    private static final String ATOMIC = """
            atom.{O:relaxed,acquire,release,acq_rel}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:and,or,xor,exch}.{H:L2::cache_hint}?.{T:b32,b64} =T [S] T b64&H
            atom.{O:relaxed,acquire,release,acq_rel}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:cas}.{T:b16,b32,b64} =T [S] T T
            atom.{O:relaxed,acquire,release,acq_rel}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:add}.{H:L2::cache_hint}?.{T:u32,s32,u64,f32,f64} =T [S] T b64&H
            atom.{O:relaxed,acquire,release,acq_rel}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:add}.noftz.{H:L2::cache_hint}?.{T:f16,f16x2} =T [S] T b64&H
            atom.{O:relaxed,acquire,release,acq_rel}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:add}.noftz.{H:L2::cache_hint}?.{T:bf16,bf16x2} =T [S] T b64&H @7.8/90
            atom.{O:relaxed,acquire,release,acq_rel}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:inc,dec}.{H:L2::cache_hint}?.{T:u32} =T [S] T b64&H
            atom.{O:relaxed,acquire,release,acq_rel}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:min,max}.{H:L2::cache_hint}?.{T:u32,s32,u64,s64} =T [S] T b64&H
            red.{O:relaxed,release}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:and,or,xor}.{H:L2::cache_hint}?.{T:b32,b64} [S] T b64&H
            red.{O:relaxed,release}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:add}.{H:L2::cache_hint}?.{T:u32,s32,u64,f32,f64} [S] T b64&H
            red.{O:relaxed,release}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:add}.noftz.{H:L2::cache_hint}?.{T:f16,f16x2} [S] T b64&H
            red.{O:relaxed,release}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:add}.noftz.{H:L2::cache_hint}?.{T:bf16,bf16x2} [S] T b64&H @7.8/90
            red.{O:relaxed,release}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:inc,dec}.{H:L2::cache_hint}?.{T:u32} [S] T b64&H
            red.{O:relaxed,release}?.{G:cta,cluster,gpu,sys}?.{S:global,shared,shared::cta,shared::cluster}?.{M:min,max}.{H:L2::cache_hint}?.{T:u32,s32,u64,s64} [S] T b64&H
            """;

    private static final String ASYNC = """
            cp.async.{K:ca,cg}.{D:shared,shared::cta}.{S:global}.{H:L2::cache_hint}?.{P:L2::64B,L2::128B,L2::256B}?  [D] [S] # u32? b64&H @7.0/80
            cp.async.commit_group                                                   @7.0/80
            cp.async.wait_group                                        #            @7.0/80
            cp.async.wait_all                                                       @7.0/80
            cp.async.mbarrier.arrive.noinc?.{S:shared,shared::cta}?.b64 [S]         @7.0/80
            """;

    private static final String MATRIX = """
            ldmatrix.sync.aligned.m8n8.{N:x1,x2,x4}.trans?.{S:shared,shared::cta}?.b16 =N*b32 [S] @6.5/75
            stmatrix.sync.aligned.m8n8.{N:x1,x2,x4}.trans?.{S:shared,shared::cta}?.b16 [S] N*b32 @7.8/90
            movmatrix.sync.aligned.m8n8.trans.b16                      =b32 b32     @7.8/75
            mma.sync.aligned.{X:m16n8k8}.row.col.f32.{A:f16}.f16.f32   =4*f32 2*b32 1*b32 4*f32 @6.5/75
            mma.sync.aligned.{X:m16n8k8}.row.col.f16.{A:f16}.f16.f16   =2*b32 2*b32 1*b32 2*b32 @6.5/75
            mma.sync.aligned.{X:m16n8k16}.row.col.f32.{A:f16}.f16.f32  =4*f32 4*b32 2*b32 4*f32 @7.0/80
            mma.sync.aligned.{X:m16n8k16}.row.col.f16.{A:f16}.f16.f16  =2*b32 4*b32 2*b32 2*b32 @7.0/80
            mma.sync.aligned.{X:m16n8k8}.row.col.f32.{A:bf16}.bf16.f32 =4*f32 2*b32 1*b32 4*f32 @7.0/80
            mma.sync.aligned.{X:m16n8k16}.row.col.f32.{A:bf16}.bf16.f32 =4*f32 4*b32 2*b32 4*f32 @7.0/80
            mma.sync.aligned.{X:m16n8k4}.row.col.f32.{A:tf32}.tf32.f32 =4*f32 2*b32 1*b32 4*f32 @7.0/80
            mma.sync.aligned.{X:m16n8k8}.row.col.f32.{A:tf32}.tf32.f32 =4*f32 4*b32 2*b32 4*f32 @7.0/80
            mma.sync.aligned.{X:m8n8k16}.row.col.satfinite?.s32.{A:u8,s8}.{B:u8,s8}.s32 =2*s32 1*b32 1*b32 2*s32 @6.5/75
            mma.sync.aligned.{X:m16n8k16}.row.col.satfinite?.s32.{A:u8,s8}.{B:u8,s8}.s32 =4*s32 2*b32 1*b32 4*s32 @7.0/80
            mma.sync.aligned.{X:m16n8k32}.row.col.satfinite?.s32.{A:u8,s8}.{B:u8,s8}.s32 =4*s32 4*b32 2*b32 4*s32 @7.0/80
            mma.sync.aligned.{X:m16n8k32}.row.col.f32.{A:e4m3,e5m2}.{B:e4m3,e5m2}.f32 =4*f32 4*b32 2*b32 4*f32 @8.4/89
            mma.sync.aligned.{X:m8n8k4}.row.col.f64.{A:f64}.f64.f64    =2*f64 1*f64 1*f64 2*f64 @7.0/80
            """;

    private static final String BULK = """
            cp.async.bulk.{D:shared::cluster}.{S:global}.mbarrier::complete_tx::bytes.{W:multicast::cluster}?.{H:L2::cache_hint}? [D] [S] u32 [D] b16&W b64&H @8.0/90
            cp.async.bulk.{D:shared::cta}.{S:global}.mbarrier::complete_tx::bytes.{H:L2::cache_hint}? [D] [S] u32 [D] b64&H @8.6/90
            cp.async.bulk.{D:shared::cluster}.{S:shared::cta}.mbarrier::complete_tx::bytes [D] [S] u32 [D] @8.0/90
            cp.async.bulk.{D:global}.{S:shared::cta}.bulk_group.{H:L2::cache_hint}? [D] [S] u32 b64&H @8.0/90
            cp.async.bulk.commit_group                                              @8.0/90
            cp.async.bulk.wait_group.read?                             #            @8.0/90
            cp.async.bulk.prefetch.L2.{S:global}.{H:L2::cache_hint}?   [S] u32 b64&H @8.0/90
            cp.reduce.async.bulk.{D:global}.{S:shared::cta}.bulk_group.{H:L2::cache_hint}?.{M:and,or,xor}.{T:b32,b64} [D] [S] u32 b64&H @8.0/90
            cp.reduce.async.bulk.{D:global}.{S:shared::cta}.bulk_group.{H:L2::cache_hint}?.{M:add}.{T:u32,s32,u64,f32,f64} [D] [S] u32 b64&H @8.0/90
            cp.reduce.async.bulk.{D:global}.{S:shared::cta}.bulk_group.{H:L2::cache_hint}?.{M:add}.noftz.{T:f16,bf16} [D] [S] u32 b64&H @8.0/90
            cp.reduce.async.bulk.{D:global}.{S:shared::cta}.bulk_group.{H:L2::cache_hint}?.{M:inc,dec}.{T:u32} [D] [S] u32 b64&H @8.0/90
            cp.reduce.async.bulk.{D:global}.{S:shared::cta}.bulk_group.{H:L2::cache_hint}?.{M:min,max}.{T:u32,s32,u64,s64,f16,bf16} [D] [S] u32 b64&H @8.0/90
            cp.reduce.async.bulk.{D:shared::cluster}.{S:shared::cta}.mbarrier::complete_tx::bytes.{M:and,or,xor}.{T:b32} [D] [S] u32 [D] @8.0/90
            cp.reduce.async.bulk.{D:shared::cluster}.{S:shared::cta}.mbarrier::complete_tx::bytes.{M:add}.{T:u32,s32,u64} [D] [S] u32 [D] @8.0/90
            cp.reduce.async.bulk.{D:shared::cluster}.{S:shared::cta}.mbarrier::complete_tx::bytes.{M:inc,dec}.{T:u32} [D] [S] u32 [D] @8.0/90
            cp.reduce.async.bulk.{D:shared::cluster}.{S:shared::cta}.mbarrier::complete_tx::bytes.{M:min,max}.{T:u32,s32} [D] [S] u32 [D] @8.0/90
            cp.async.bulk.tensor.{N:1d,2d,3d,4d,5d}.{D:shared::cluster}.{S:global}.tile?.mbarrier::complete_tx::bytes.{W:multicast::cluster}?.{H:L2::cache_hint}? [D] [tensor:N] [D] b16&W b64&H @8.0/90
            cp.async.bulk.tensor.{N:1d,2d,3d,4d,5d}.{D:shared::cta}.{S:global}.tile?.mbarrier::complete_tx::bytes.{H:L2::cache_hint}? [D] [tensor:N] [D] b64&H @8.6/90
            cp.async.bulk.tensor.{N:1d,2d,3d,4d,5d}.{D:global}.{S:shared::cta}.tile?.bulk_group.{H:L2::cache_hint}? [tensor:N] [S] b64&H @8.0/90
            cp.reduce.async.bulk.tensor.{N:1d,2d,3d,4d,5d}.{D:global}.{S:shared::cta}.{M:add,min,max,inc,dec,and,or,xor}.tile?.bulk_group.{H:L2::cache_hint}? [tensor:N] [S] b64&H @8.0/90
            cp.async.bulk.prefetch.tensor.{N:1d,2d,3d,4d,5d}.L2.{S:global}.tile?.{H:L2::cache_hint}? [tensor:N] b64&H @8.0/90
            prefetch.{S:param,const}?.tensormap                        [S]          @8.0/90
            fence.proxy.tensormap::generic.{O:release}.{G:cta,cluster,gpu,sys}      @8.3/90
            fence.proxy.tensormap::generic.{O:acquire}.{G:cta,cluster,gpu,sys} [generic] # @8.3/90
            """;

    private static final String CLUSTER = """
            mapa.{S:shared::cluster}?.{T:u32,u64}                      =T T u32     @7.8/90
            getctarank.{S:shared::cluster}?.{T:u32,u64}                =u32 T       @7.8/90
            barrier.cluster.arrive.aligned?                                         @7.8/90
            barrier.cluster.arrive.{O:release,relaxed}.aligned?                     @8.0/90
            barrier.cluster.wait.aligned?                                           @7.8/90
            barrier.cluster.wait.{O:acquire}.aligned?                               @8.0/90
            mbarrier.{A:arrive,arrive_drop}.{S:shared::cluster}.b64    _ [S] u32?   @8.0/90
            mbarrier.{A:arrive,arrive_drop}.{O:release}.{G:cta,cluster}.{S:shared::cluster}.b64 _ [S] u32? @8.0/90
            mbarrier.{A:arrive,arrive_drop}.expect_tx.{S:shared::cluster}.b64 _ [S] u32 @8.0/90
            mbarrier.{A:arrive,arrive_drop}.expect_tx.{O:release}.{G:cta,cluster}.{S:shared::cluster}.b64 _ [S] u32 @8.0/90
            st.async.weak?.{S:shared::cluster}.mbarrier::complete_tx::bytes.{V:v2,v4}?.{T:b32,b64,u32,u64,s32,s64,f32,f64} [S] V*T [S] @8.1/90
            """;

    private static final Map<String, List<Form>> GROUPS = new LinkedHashMap<>();
    private static final Map<String, List<Form>> BY_OPCODE = new LinkedHashMap<>();

    static {
        group("Integer arithmetic", INTEGER);
        group("Floating point", FLOAT);
        group("Comparison and selection", COMPARE);
        group("Logic and shifts", BITS);
        group("Data movement", MOVE);
        group("Conversion", CONVERT);
        group("Control flow", CONTROL);
        group("Warp", WARP);
        group("Synchronisation", SYNC);
        group("Atomics", ATOMIC);
        group("Asynchronous copy", ASYNC);
        group("Bulk copies and tensors", BULK);
        group("Clusters", CLUSTER);
        group("Matrix", MATRIX);
        group("Warpgroup matrix", WarpgroupForms.rows());
    }

    private Forms() {}

    private static void group(String title, String rows) {
        List<Form> forms = new ArrayList<>();
        rows.lines().filter(row -> !row.isBlank()).forEach(row -> forms.addAll(Form.parse(row)));
        GROUPS.put(title, List.copyOf(forms));
        for (Form form : forms) {
            BY_OPCODE
                    .computeIfAbsent(form.opcode(), opcode -> new ArrayList<>())
                    .add(form);
        }
    }

    /** The forms by section of the coverage page; {@code call} is verified apart and not among them. */
    public static Map<String, List<Form>> groups() {
        return java.util.Collections.unmodifiableMap(GROUPS);
    }

    /** The forms of an opcode, empty if it is unknown. */
    public static List<Form> of(String opcode) {
        return List.copyOf(BY_OPCODE.getOrDefault(opcode, List.of()));
    }
}
